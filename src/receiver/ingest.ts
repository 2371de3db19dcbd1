import { createHash, type KeyObject } from 'node:crypto';
import { verifySignature } from '../stripe/signature.ts';
import type { IncomingEvent, IncomingRefusal, Inserted } from '../store/store.ts';
import { NOT_STORED, RECEIVED, REFUSALS, refused, type Answer, type RefusalReason } from './answers.ts';
import type { Counters } from './counters.ts';
import { parseEnvelope, readEnvelope } from './envelope.ts';
import { grouped } from './group.ts';
import type { Settings } from './options.ts';

/** What a door hands over: the raw body, the signature header, and where it arrived. */
export interface Delivery {
  body: Uint8Array;
  signature: string | null;
  path: string;
}

/** From a delivery to its answer: proven, stored in the current group commit, and only then answered. */
export interface Ingest {
  deliver(delivery: Delivery): Promise<Answer>;
  /** Records a delivery that could not even be read. */
  refuse(reason: RefusalReason, delivery: Delivery, size?: number): Promise<Answer>;
}

/** How much of a refused body is kept. */
const KEPT_BODY = 16_384;
const KEPT_HEADER = 1_024;
/** Bodies waiting for a slow store: beyond this, deliveries are turned away, for memory is not a queue. */
const MAX_WAITING = 64 * 1_048_576;

type Row = { event: IncomingEvent } | { refusal: IncomingRefusal };

/** `stored` is called after a commit that brought new events. */
export function createIngest<Tx>(settings: Settings<Tx>, counts: Counters, stored: () => void): Ingest {
  const { store, keys, verify, clock, tolerance, keepRefused } = settings;
  let waiting = 0;

  const commit = grouped<Row, Inserted>(async (rows) => {
    const events = rows.flatMap((row) => ('event' in row ? [row.event] : []));
    const refusals = rows.flatMap((row) => ('refusal' in row ? [row.refusal] : []));
    const inserted = (await store.insert({ events, refused: refusals, keepRefused })).values();
    if (events.length > 0) stored();
    return rows.map((row) => ('event' in row ? inserted.next().value! : 'stored'));
  });

  async function keep(row: Row, size: number): Promise<Inserted | undefined> {
    if (waiting + size > MAX_WAITING) return undefined;
    waiting += size;
    try {
      return await commit(row);
    } catch (error) {
      settings.onProblem('a delivery could not be stored', error);
      return undefined;
    } finally {
      waiting -= size;
    }
  }

  async function refuse(reason: RefusalReason, { body, signature }: Delivery, size = body.length): Promise<Answer> {
    counts.refused += 1;
    const refusal: IncomingRefusal = {
      reason,
      detail: REFUSALS[reason],
      signature: (signature ?? '').slice(0, KEPT_HEADER),
      size,
      body: body.slice(0, KEPT_BODY),
      receivedAt: clock.now(),
    };
    // Refused is refused, even when the record of it cannot be kept.
    await keep({ refusal }, refusal.body.length);
    return refused(reason);
  }

  async function accept(body: Uint8Array, proof: string | null): Promise<Answer | undefined> {
    // Before it is proven, a body may be made to look like one thing to a scan and another to a parser.
    const envelope = proof === null ? parseEnvelope(body) : readEnvelope(body);
    if (!envelope) return undefined;
    const outcome = await keep({ event: { ...envelope, proof, payload: body, receivedAt: clock.now() } }, body.length);
    if (outcome === undefined) {
      counts.failed += 1;
      return NOT_STORED;
    }
    if (outcome === 'stored') counts.stored += 1;
    else counts.duplicates += 1;
    return RECEIVED;
  }

  async function deliver(delivery: Delivery): Promise<Answer> {
    let proof: string | null = null;
    if (verify !== 'api') {
      const candidates = typeof keys === 'function' ? await chosen(keys, delivery) : keys;
      const now = Math.floor(clock.now() / 1000);
      const matching = verifySignature(delivery.body, delivery.signature, candidates, { now, tolerance });
      if (typeof matching === 'string') return refuse(matching, delivery);
      if (verify === 'signature') proof = `signature ${fingerprint(candidates[matching]!)}`;
    }
    return (await accept(delivery.body, proof)) ?? refuse('not_an_event', delivery);
  }

  return {
    async deliver(delivery) {
      counts.received += 1;
      try {
        return await deliver(delivery);
      } catch (error) {
        // A secrets function of the user's that throws: Stripe will send it again.
        settings.onProblem('a delivery could not be verified', error);
        counts.failed += 1;
        return NOT_STORED;
      }
    },
    refuse(reason, delivery, size) {
      counts.received += 1;
      return refuse(reason, delivery, size);
    },
  };
}

async function chosen(
  keys: (hint: { path: string; account: string }) => Promise<readonly KeyObject[]>,
  { body, path }: Delivery,
): Promise<readonly KeyObject[]> {
  return keys({ path, account: parseEnvelope(body)?.account ?? '' });
}

const fingerprints = new WeakMap<KeyObject, string>();

/** Tells secrets apart without telling what they are: which of them matched is kept with the event. */
function fingerprint(key: KeyObject): string {
  let known = fingerprints.get(key);
  if (known === undefined) {
    known = createHash('sha256').update('paybell').update(key.export()).digest('hex').slice(0, 8);
    fingerprints.set(key, known);
  }
  return known;
}
