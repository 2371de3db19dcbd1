import { PaybellError } from '../base/errors.ts';
import { isObject, type JsonObject } from '../base/json.ts';
import { KEPT_BODY, REFUSALS } from './answers.ts';
import type { IncomingEvent, IncomingRefusal, Inserted } from '../store/store.ts';
import { envelopeOf } from './envelope.ts';
import type { Settings } from './options.ts';
import { TRANSPORT } from './rotation.ts';
import { parse } from './payload.ts';
import { maskedAtOnce } from './privacy/redaction.ts';

/** How something that carries no signature may be taken in: because of where it came from. */
export interface TrustOptions {
  /** The transport proved it: it came from a queue or a topic that only Stripe can write to. */
  trust: 'transport';
}

/** What became of an event: `refused` when no endpoint takes its mode or its account. */
export type Ingested = Inserted | 'refused';

/**
 * Stores the events in an envelope of Amazon EventBridge (`detail`) or Azure Event Grid (`data`, one or a list), which
 * carries no signature. Throws `bad_envelope`, naming what is missing.
 */
export async function ingestTrusted<Tx>(
  envelope: unknown,
  options: TrustOptions,
  { store, clock, keepRefused, redact, refuses }: Settings<Tx>,
): Promise<Ingested[]> {
  if ((options as Partial<TrustOptions> | undefined)?.trust !== 'transport')
    throw new PaybellError(
      'bad_envelope',
      "Say { trust: 'transport' } when only Stripe can write to where it came from.",
    );
  const receivedAt = clock.now();
  const all = itemsOf(read(envelope)).map((item): IncomingEvent => {
    const event = eventIn(item);
    const payload = Buffer.from(JSON.stringify(maskedAtOnce(event, redact)));
    return { ...envelopeOf(event)!, proof: TRANSPORT, payload, receivedAt };
  });
  const reasons = all.map((event) => refuses(event));
  const events = all.filter((_, index) => reasons[index] === undefined);
  const refused = all.flatMap(({ payload }, index): IncomingRefusal[] => {
    const reason = reasons[index];
    return reason === undefined
      ? []
      : [
          {
            reason,
            detail: REFUSALS[reason],
            signature: '',
            size: payload.length,
            body: payload.slice(0, KEPT_BODY),
            receivedAt,
          },
        ];
  });
  const inserted = await store.insert({ events, refused, keepRefused, proofs: [{ proof: TRANSPORT, at: receivedAt }] });
  const stored = inserted.values();
  return reasons.map((reason) => (reason === undefined ? stored.next().value! : 'refused'));
}

function read(envelope: unknown): unknown {
  if (typeof envelope === 'string') return parse(Buffer.from(envelope));
  return envelope instanceof Uint8Array ? parse(envelope) : envelope;
}

const itemsOf = (envelope: unknown): unknown[] => (Array.isArray(envelope) ? envelope : [envelope]);

function eventIn(item: unknown): JsonObject {
  if (!isObject(item)) throw new PaybellError('bad_envelope', 'It is not a JSON object, nor a list of them.');
  if (item['object'] === 'event' || item['object'] === 'v2.core.event')
    throw new PaybellError('bad_envelope', 'This is a bare event: its envelope would say who sent it.');
  const event = item['detail'] ?? item['data'];
  if (!isObject(event))
    throw new PaybellError(
      'bad_envelope',
      'It has neither `detail` (EventBridge) nor `data` (Event Grid) with an event.',
    );
  if (typeof event['validationCode'] === 'string')
    throw new PaybellError(
      'bad_envelope',
      'Event Grid asks to confirm the subscription; answer with its validationCode.',
    );
  if (event['object'] !== 'event' && event['object'] !== 'v2.core.event')
    throw new PaybellError('bad_envelope', 'What it carries has no `object` of "event" or "v2.core.event".');
  if (!envelopeOf(event)) throw new PaybellError('bad_envelope', 'The event in it has no `id` or no `type`.');
  return event;
}
