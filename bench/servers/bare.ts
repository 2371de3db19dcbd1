import { serve } from './serve.ts';

// The ceiling: reads the body and answers.
serve((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    Buffer.concat(chunks);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 });
    response.end('{"received":true}');
  });
});
