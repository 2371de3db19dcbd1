// A client of a Stripe API, a process of its own on a core of its own: keeps a number of connections busy with one call,
// each on one request at a time, and reports how many were answered and how long they took.
import { connect } from 'node:net';

export type ApiOrder = {
  port: number;
  method: 'GET' | 'POST';
  /** `{id}` in it stands for one of `ids`, in turn. */
  path: string;
  ids?: string[];
  form?: string;
  connections: number;
  /** It ends after so many seconds, or so many requests, whichever comes first. */
  seconds: number;
  requests: number;
};

export type ApiResult = { answered: number; failed: number; seconds: number; p50: number; p99: number };

process.on('message', (order: ApiOrder) => void run(order).then((result) => process.send!(result)));

async function run({ port, method, path, ids = [''], form = '', connections, seconds, requests }: ApiOrder) {
  const times: number[] = [];
  let [sent, failed] = [0, 0];
  const began = performance.now();
  const end = began + seconds * 1000;
  const request = () => {
    const head = [
      `${method} ${path.replace('{id}', ids[sent++ % ids.length]!)} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Authorization: Bearer sk_test_bench12345678',
      ...(method === 'POST'
        ? ['Content-Type: application/x-www-form-urlencoded', `Content-Length: ${Buffer.byteLength(form)}`]
        : []),
    ];
    return `${head.join('\r\n')}\r\n\r\n${form}`;
  };
  const client = () =>
    new Promise<void>((done) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let at = 0;
      let pending = '';
      const next = () => {
        if (performance.now() >= end || sent >= requests) return socket.end();
        at = performance.now();
        socket.write(request());
      };
      socket.setEncoding('latin1');
      socket.on('connect', next);
      socket.on('data', (chunk: string) => {
        pending += chunk;
        if (!complete(pending)) return;
        if (pending.startsWith('HTTP/1.1 2')) times.push(performance.now() - at);
        else failed++;
        pending = '';
        next();
      });
      socket.on('error', () => failed++);
      socket.on('close', () => done());
    });
  await Promise.all(Array.from({ length: connections }, client));
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const share = (of: number) => times[Math.floor(times.length * of)] ?? 0;
  return { answered: times.length, failed, seconds: took, p50: share(0.5), p99: share(0.99) } satisfies ApiResult;
}

/** Whether an answer is there to its end. */
function complete(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /^content-length: (\d+)/im.exec(text.slice(0, head))?.[1];
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= head + 4 + Number(length);
}
