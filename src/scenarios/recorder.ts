import { decodeForm } from '../emulator/http/form.ts';
import { readParams } from '../emulator/http/params.ts';
import { createRouter } from '../emulator/http/routes.ts';
import { paramsOf, requestVersion } from '../emulator/http/version.ts';
import type { Fetch } from './connect.ts';

/** One call of the API that a run made: as HTTP, and as the line of SDK code it stands for. */
export type RecordedCall = { step: string; method: string; path: string; sdk: string; status: number };

const router = createRouter();

/** Passes requests on and writes down which call of the SDK each of them is. */
export function record(fetch: Fetch, step: () => string): { fetch: Fetch; calls: RecordedCall[] } {
  const calls: RecordedCall[] = [];
  return {
    calls,
    async fetch(request) {
      const body = request.method === 'POST' ? await request.clone().text() : new URL(request.url).search.slice(1);
      const { pathname } = new URL(request.url);
      const at = step();
      const response = await fetch(request);
      const sdk = asSdkCall(request.method, pathname, body, request.headers.get('stripe-version'));
      calls.push({ step: at, method: request.method, path: pathname, sdk, status: response.status });
      return response;
    },
  };
}

/** `POST /v1/refunds` with `charge=ch_1` → `stripe.refunds.create({ charge: 'ch_1' })`. */
export function asSdkCall(method: string, path: string, text: string, version: string | null = null): string {
  const found = router(method, path);
  if (!found) return `${method} ${path}`;
  const { operation } = found;
  const form = decodeForm(text);
  const params = readParams(paramsOf(operation, form, requestVersion(version)), form);
  const words = found.path.map((id) => `'${id}'`);
  if (Object.keys(params).length) words.push(literal(params, 0));
  return `stripe.${operation.name}(${words.join(', ')})`;
}

/** A value as it stands in code: unquoted keys, single quotes, one property a line once it gets long. */
function literal(value: unknown, depth: number): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, depth + 1)).join(', ')}]`;
  const entries = Object.entries(value).map(
    ([key, item]) => `${/^[a-z_$][\w$]*$/i.test(key) ? key : `'${key}'`}: ${literal(item, depth + 1)}`,
  );
  const line = `{ ${entries.join(', ')} }`;
  if (line.length + depth * 2 <= 80) return entries.length ? line : '{}';
  const indent = '  '.repeat(depth + 1);
  return `{\n${entries.map((entry) => `${indent}${entry},\n`).join('')}${'  '.repeat(depth)}}`;
}
