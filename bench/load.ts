// The load generator, a process of its own on a core of its own: keeps a number of connections busy with signed events,
// each on one request at a time, and reports what came back.
import { connect } from 'node:net';
import { deliveries, type Deliveries } from './requests.ts';

export type LoadOrder = Deliveries & {
  connections: number;
  seconds: number;
  /** The first event's number, so that rounds never repeat an id. */
  from: number;
};

export type LoadResult = {
  answered: number;
  failed: number;
  /** When the first connection was opened, in milliseconds since the epoch, and how long it took from then on. */
  began: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
};

process.on('message', (order: LoadOrder) => void run(order).then((result) => process.send!(result)));

async function run({ connections, seconds, from, ...order }: LoadOrder): Promise<LoadResult> {
  const write = deliveries(order);
  const times: number[] = [];
  let failed = 0;
  let number = from;
  const began = performance.now();
  const end = began + seconds * 1000;

  const client = () =>
    new Promise<void>((done) => {
      const socket = connect({ port: order.port, host: '127.0.0.1', noDelay: true });
      let sent = 0;
      let pending = '';
      // Written again only when the answer to what was in it has come.
      const request = Buffer.alloc(16_384);
      const next = () => {
        if (performance.now() >= end) return socket.end();
        sent = performance.now();
        const length = write(number++, Math.floor(Date.now() / 1000), request);
        socket.write(request.subarray(0, length));
      };
      socket.setEncoding('latin1');
      socket.on('connect', next);
      socket.on('data', (chunk: string) => {
        pending += chunk;
        const head = pending.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0);
        if (pending.length < head + 4 + length) return;
        if (pending.startsWith('HTTP/1.1 2')) times.push(performance.now() - sent);
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
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 100) / 100;
  const moment = performance.timeOrigin + began;
  return { answered: times.length, failed, began: moment, seconds: took, p50: at(0.5), p99: at(0.99), max: at(0.9999) };
}
