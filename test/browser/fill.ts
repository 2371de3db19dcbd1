import { envelopeOf } from '../../src/receiver/envelope.ts';
import type { Store } from '../../src/receiver/index.ts';

const TYPES = ['invoice.paid', 'charge.succeeded', 'customer.updated', 'payment_intent.succeeded', 'invoice.created'];

/** Stores so many events of five types; every thousandth mentions a needle in its metadata. */
export async function fill(store: Store, count: number): Promise<void> {
  const began = 1_790_000_000;
  for (let from = 0; from < count; from += 1_000) {
    const events = Array.from({ length: Math.min(1_000, count - from) }, (_, i) => eventAt(from + i, began));
    await store.insert({ events, refused: [], keepRefused: 0 });
  }
}

function eventAt(n: number, began: number) {
  const type = TYPES[n % TYPES.length]!;
  const object = type.slice(0, type.indexOf('.'));
  const event = {
    id: `evt_${String(n).padStart(8, '0')}`,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: began + n,
    data: {
      object: { id: `${object}_${n}`, object, metadata: n % 1_000 === 500 ? { order: 'needle-in-the-hay' } : {} },
    },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  const payload = Buffer.from(JSON.stringify(event));
  return { ...envelopeOf(event)!, proof: 'whsec', payload, receivedAt: (began + n) * 1_000 };
}
