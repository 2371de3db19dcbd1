import type { Emulator } from '../../src/emulator/index.ts';
import type { JsonObject } from '../../src/base/json.ts';

export type Answer = { status: number; headers: Headers; body: JsonObject; error: JsonObject };

export type Sending = {
  key?: string | null;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
};

/** A request as it goes over the wire, where the SDK would not let a test send such a thing. */
export async function send(emulator: Emulator, method: string, path: string, sending: Sending = {}): Promise<Answer> {
  const { key = 'sk_test_world', headers = {}, body } = sending;
  const response = await emulator.fetch(
    new Request(`http://127.0.0.1:12111${path}`, {
      method,
      headers: {
        ...(key !== null && { authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(body !== undefined && { body: body as string }),
    }),
  );
  const answer = JSON.parse(await response.text()) as JsonObject;
  return {
    status: response.status,
    headers: response.headers,
    body: answer,
    error: (answer['error'] ?? {}) as JsonObject,
  };
}

/** Calls the control routes of a world. */
export async function control(emulator: Emulator, route: string, body?: unknown, key = 'sk_test_world') {
  const [method, path] = route.split(' ') as [string, string];
  return send(emulator, method, `/_paybell${path}`, { key, ...(body !== undefined && { body: JSON.stringify(body) }) });
}
