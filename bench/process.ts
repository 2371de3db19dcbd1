import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadResult } from './load.ts';

/** The server under test runs on the first core, the load (and a database server) on the second. */
const pinned = (core: number, args: string[]) =>
  process.platform === 'linux' ? ['taskset', '-c', String(core), ...args] : args;

/** A server under test: where it listens, how much memory it holds, what it says when it is asked. */
export type Served = {
  port: number;
  ask<T>(what: string): Promise<T>;
  memory(): Promise<number>;
  stop(): Promise<void>;
};

/** Starts one of `bench/servers/` on a core of its own. */
export async function startServer(name: string, args: string[] = []): Promise<Served> {
  const file = fileURLToPath(new URL(`./servers/${name}.ts`, import.meta.url));
  const [command, ...rest] = pinned(0, [process.execPath, '--conditions=paybell-source', file, ...args]);
  const child = spawn(command!, rest, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'json' });
  const { port } = await message<{ port: number }>(child, 'port');
  return {
    port,
    async ask(what) {
      child.send({ ask: what });
      return (await message<{ answer: never }>(child, 'answer')).answer;
    },
    async memory() {
      child.send({ ask: 'memory' });
      return (await message<{ answer: number }>(child, 'answer')).answer;
    },
    async stop() {
      const closed = once(child, 'exit');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

/** How long a server runs under load before it is measured, in seconds: until its code has been compiled. */
export const WARM_UP = 2;

/** Runs the load generator on the other core to its end. */
export const load = (order: LoadOrder): Promise<LoadResult> => runClient('load', order);

/** Runs one of the clients here (`load`, `api-load`) on the other core to its end. */
export async function runClient<Order extends object, Result>(name: string, order: Order): Promise<Result> {
  const child = fork(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), { serialization: 'json' });
  if (process.platform === 'linux')
    await once(spawn('taskset', ['-cp', '1', String(child.pid)], { stdio: 'ignore' }), 'exit');
  child.send(order);
  const [result] = (await once(child, 'message')) as [Result];
  child.disconnect();
  await once(child, 'exit');
  return result;
}

function message<T>(child: ChildProcess, key: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const heard = (value: object) => {
      if (!(key in value)) return;
      child.off('message', heard);
      child.off('exit', ended);
      resolve(value as T);
    };
    const ended = (code: number | null) => reject(new Error(`a server ended with ${code}`));
    child.on('message', heard);
    child.once('exit', ended);
  });
}
