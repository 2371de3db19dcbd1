import { installOnce } from '../test/installed.ts';
import type { ApiOrder, ApiResult } from './api-load.ts';
import type { BenchOptions } from './main.ts';
import { runClient, startServer, type Served } from './process.ts';
import { median } from './report.ts';

const SIZES = [100, 100_000];
const CUSTOMERS = {
  method: 'POST',
  path: '/v1/customers',
  form: 'name=Jenny+Rosen&email=jenny%40example.com',
} as const;
const INTENTS = {
  method: 'POST',
  path: '/v1/payment_intents',
  form: 'amount=2000&currency=usd&payment_method_types[0]=card',
} as const;
/** Its limiter answers 429 after 5,000 requests an hour, so that each of its runs has a process of its own and stops before. */
const MOST_OF_EMULATE = 4_500;
/** The goal for one list or retrieve with 100,000 objects stored, in milliseconds. */
const GOAL_MS = 2;

type Call = Pick<ApiOrder, 'method' | 'path' | 'form' | 'ids'>;

/** How fast the local Stripe creates, lists and retrieves, with few and with many objects, beside its peers. */
export async function emulator({ seconds, rounds, only }: BenchOptions): Promise<void> {
  const wanted = (name: string) => only.length === 0 || only.some((part) => name.includes(part));
  console.log(`\nA local Stripe over HTTP  (${process.version}, medians of ${rounds} rounds of ${seconds} s)`);
  if (wanted('paybell')) await ours(seconds, rounds);
  if (wanted('emulate'))
    await peer('emulate', 'emulate@0.12.2', [CUSTOMERS, INTENTS], MOST_OF_EMULATE, seconds, rounds);
  if (wanted('stateful'))
    await peer('stateful-mock', 'stripe-stateful-mock@0.0.16', [CUSTOMERS], Infinity, seconds, rounds);
}

async function ours(seconds: number, rounds: number): Promise<void> {
  const rates = new Map<string, number[]>();
  for (const size of SIZES) {
    const server = await startServer('local-stripe', ['paybell']);
    const ids = await server.ask<string[]>(`fill ${size}`);
    for (const call of [CUSTOMERS, INTENTS]) {
      // The peers run for a shorter time in all; the engine's compiler must not be part of the comparison.
      await measure(server, call, 1, Infinity);
      const results: ApiResult[] = [];
      for (let i = 0; i < rounds; i++) results.push(await measure(server, call, seconds, Infinity));
      const rate = show(`paybell, ${size} stored`, call, results);
      rates.set(call.path, [...(rates.get(call.path) ?? []), rate]);
    }
    if (size === SIZES.at(-1)) {
      await latency(server, { method: 'GET', path: '/v1/customers?limit=10' });
      await latency(server, { method: 'GET', path: '/v1/customers/{id}', ids });
      await latency(server, { method: 'GET', path: '/v1/payment_intents?limit=10' });
      await latency(server, { method: 'GET', path: '/v1/events?limit=10' });
      console.log(`  resident memory ${Math.round((await server.memory()) / 1_048_576)} MB`);
    }
    await server.stop();
  }
  for (const [path, [few, many]] of rates)
    console.log(
      `  ${path.padEnd(22)} ${SIZES.join(' to ')} stored: ratio ${(many! / few!).toFixed(2)} (goal: at least 0.9)`,
    );
}

async function peer(name: string, wanted: string, calls: Call[], most: number, seconds: number, rounds: number) {
  const modules = await installOnce('bench-emulator', [wanted]);
  for (const call of calls) {
    const results: ApiResult[] = [];
    for (let i = 0; i < rounds; i++) {
      const server = await startServer('local-stripe', [name, modules]);
      await measure(server, call, 1, Math.min(most, 1_000));
      results.push(await measure(server, call, seconds, most - 1_000));
      await server.stop();
    }
    show(wanted, call, results);
  }
}

const measure = (server: Served, call: Call, seconds: number, requests: number) =>
  runClient<ApiOrder, ApiResult>('api-load', {
    port: server.port,
    ...call,
    connections: 16,
    seconds,
    requests: Math.min(requests, Number.MAX_SAFE_INTEGER),
  });

/** One after the other: what a single caller waits. */
async function latency(server: Served, call: Call): Promise<void> {
  const order = { port: server.port, ...call, connections: 1, seconds: 3, requests: 2_000 };
  const { p50, p99, failed } = await runClient<ApiOrder, ApiResult>('api-load', order);
  const verdict = p50 < GOAL_MS ? '' : `  SLOWER than the goal of ${GOAL_MS} ms`;
  console.log(
    `  GET ${call.path.slice('/v1/'.length).padEnd(28)} p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms${failed ? `  ${failed} FAILED` : ''}${verdict}`,
  );
}

function show(name: string, { path }: Call, results: ApiResult[]): number {
  const rate = median(results.map(({ answered, seconds }) => answered / seconds));
  const p50 = median(results.map((each) => each.p50));
  const failed = results.reduce((sum, each) => sum + each.failed, 0);
  console.log(
    `  ${name.padEnd(30)} ${path.slice('/v1/'.length).padEnd(16)} ${String(Math.round(rate)).padStart(6)}/s  p50 ${p50.toFixed(2).padStart(6)} ms${failed ? `  ${failed} FAILED` : ''}`,
  );
  return rate;
}
