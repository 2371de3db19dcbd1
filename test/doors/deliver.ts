import { createReceiver, type Receiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';

export const SECRET = 'whsec_doors0000000000000000000000';

let number = 0;

/** An event with text that changes when it is parsed and written again: escapes, spaces, a long number. */
export const eventBody = () =>
  `{ "id": "evt_door${++number}",  "object": "event", "api_version": "2026-10-28.endive", "created": 1768471200, "data": {"object": {"id": "ch_door${number}", "object": "charge", "amount": 2000, "description": "caf\\u00e9 \\/ 1.0"}}, "livemode": false, "pending_webhooks": 1, "request": {"id": null, "idempotency_key": null}, "type": "charge.succeeded" }`;

/** A receiver with a store in memory, and what its handler saw. */
export function receiverForTest() {
  const store = createSqliteStore({ path: ':memory:' });
  const seen: string[] = [];
  const receiver: Receiver<never> = createReceiver({ store, secrets: SECRET }) as Receiver<never>;
  receiver.on('charge.succeeded', ({ event }) => void seen.push(event.id));
  return { store, receiver, seen };
}

/** Sends an event over real HTTP, as Stripe would; `tamper` changes the body after it was signed. */
export async function deliver(
  url: string,
  body = eventBody(),
  tamper = (text: string) => text,
): Promise<{ status: number; text: string }> {
  const signed = signedRequest(body, { secret: SECRET, url });
  const response = await fetch(url, { method: 'POST', headers: signed.headers, body: tamper(body) });
  return { status: response.status, text: await response.text() };
}
