import type { KeyObject } from 'node:crypto';
import { parseSignatureHeader, verifySignature } from '../stripe/signature.ts';
import type { IncomingEvent, IncomingRefusal, Inserted, ProofSeen } from '../store/store.ts';
import { NOT_STORED, RECEIVED, REFUSALS, REPEATED, refused, type Answer, type RefusalReason } from './answers.ts';
import type { Counters } from './counters.ts';
import type { Endpoint } from './endpoints.ts';
import { envelopeOf, parseEnvelope, readEnvelope } from './envelope.ts';
import { grouped } from './group.ts';
import type { Settings } from './options.ts';
import { parse } from './payload.ts';
import { candidateOf, takenLane, type Candidate, type Hands } from './shortcut.ts';
import { maskText } from './privacy/mask.ts';
import { fingerprint, type SecretHint } from './secrets.ts';
import { createDiagnosis } from './verify/diagnose.ts';
import { within } from './within.ts';

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
  /** Whether deliveries are waiting for their commit. */
  readonly waiting: boolean;
}

/** How much of a refused body is kept. */
const KEPT_BODY = 16_384;
const KEPT_HEADER = 1_024;
/** Bodies waiting for a slow store: beyond this, deliveries are turned away, for memory is not a queue. */
const MAX_WAITING = 64 * 1_048_576;

/** What a delivery that waits takes besides its body: its socket, its answer, its place in the queue. */
const EACH = 4_096;

/** How often the store is told that a secret still matches, in milliseconds. */
const TELL_PROOF = 60_000;

type Row = { event: IncomingEvent; candidate?: Candidate | undefined } | { refusal: IncomingRefusal };

/** `stored` is called after a commit that brought new events that wait to be claimed. */
export function createIngest<Tx>(settings: Settings<Tx>, counts: Counters, stored: () => void, hands: Hands): Ingest {
  const { store, endpoints, clock, tolerance, redact, keepRefused, answerWithin } = settings;
  const diagnose = createDiagnosis(clock);
  const told = new Map<string, number>();
  let proofs: ProofSeen[] = [];
  let waiting = 0;
  const inTime = within<Inserted>(
    clock,
    answerWithin,
    () => new Error(`The store took longer than ${answerWithin} ms.`),
  );

  const commit = grouped<Row, Inserted>(async (rows) => {
    const turn = hands.turn();
    const arrived = rows.filter((row) => 'event' in row);
    const events = arrived.map(({ event, candidate }) =>
      candidate ? { ...event, shortcut: { mirror: candidate.mirror, step: turn?.step(event.type) } } : event,
    );
    const refusals = rows.flatMap((row) => ('refusal' in row ? [row.refusal] : []));
    const seen = proofs;
    proofs = [];
    const rest = { ...(seen.length > 0 && { proofs: seen }), ...(turn && { lease: turn.lease }) };
    const received = await store.receive({ events, refused: refusals, keepRefused, ...rest });
    const taken = received.flatMap(({ seq }, index) =>
      seq === undefined ? [] : [takenLane(arrived[index]!.candidate!, seq, turn!.lease.lease)],
    );
    if (taken.length > 0) hands.take(taken);
    if (received.some(({ next }) => next === 'claim')) stored();
    const inserted = received.values();
    return rows.map((row) => ('event' in row ? inserted.next().value!.inserted : 'stored'));
  });

  async function keep(row: Row, bytes: number): Promise<Inserted | undefined> {
    const size = bytes + EACH;
    if (waiting + size > MAX_WAITING) return undefined;
    waiting += size;
    // Also when it is answered before: the body is there until its commit ends.
    const committed = commit(row).finally(() => (waiting -= size));
    try {
      return await inTime(committed);
    } catch (error) {
      settings.onProblem('a delivery could not be stored', error);
      return undefined;
    }
  }

  async function refuse(
    reason: RefusalReason,
    { body, signature }: Delivery,
    { size = body.length, more = '' }: { size?: number; more?: string } = {},
  ): Promise<Answer> {
    counts.refused += 1;
    const refusal: IncomingRefusal = {
      reason,
      detail: REFUSALS[reason] + more,
      signature: (signature ?? '').slice(0, KEPT_HEADER),
      size,
      body: body.slice(0, KEPT_BODY),
      receivedAt: clock.now(),
    };
    // Refused is refused, even when the record of it cannot be kept.
    await keep({ refusal }, refusal.body.length);
    return refused(reason);
  }

  async function accept(delivery: Delivery, { refuses }: Endpoint, proof: string | null): Promise<Answer> {
    const { body } = delivery;
    const together = proof !== null && settings.together;
    const payload = proof === null ? body : atOnce(body);
    const json = together ? parse(payload) : undefined;
    // Before it is proven, a body may be made to look like one thing to a scan and another to a parser.
    const envelope = together ? envelopeOf(json) : proof === null ? parseEnvelope(body) : readEnvelope(body);
    if (!envelope) return refuse('not_an_event', delivery);
    const wrong = refuses(envelope);
    if (wrong) return refuse(wrong, delivery);
    const event = { ...envelope, proof, payload, receivedAt: clock.now() };
    const row = together ? { event, candidate: candidateOf(event, json, settings) } : { event };
    const outcome = await keep(row, body.length);
    if (outcome === undefined) {
      counts.failed += 1;
      return NOT_STORED;
    }
    if (outcome === 'duplicate') {
      counts.duplicates += 1;
      return REPEATED;
    }
    counts.stored += 1;
    return RECEIVED;
  }

  /** What is stored of a proven body: with `redact.when: 'received'` nothing that is to be masked ever is. */
  function atOnce(body: Uint8Array): Uint8Array {
    if (!redact?.atOnce) return body;
    const masked = maskText(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'), redact.mask);
    return masked ? Buffer.from(masked.json) : body;
  }

  async function deliver(delivery: Delivery): Promise<Answer> {
    const endpoint = endpoints.get(delivery.path)!;
    const { keys, verify } = endpoint;
    if (verify === 'api') return accept(delivery, endpoint, null);
    const { body, signature } = delivery;
    const candidates = typeof keys === 'function' ? await chosen(keys, delivery) : keys;
    const now = Math.floor(clock.now() / 1000);
    const matching = verifySignature(body, signature, candidates, { now, tolerance });
    if (typeof matching === 'string') {
      const damage = matching === 'no_match' ? diagnose(body, signature, candidates) : undefined;
      return refuse(damage ?? matching, delivery, { more: skew(matching, signature, now) });
    }
    const proof = `signature ${fingerprint(candidates[matching]!)}`;
    note(proof);
    return accept(delivery, endpoint, verify === 'signature' ? proof : null);
  }

  function note(proof: string): void {
    const at = clock.now();
    if (at - (told.get(proof) ?? -Infinity) < TELL_PROOF) return;
    told.set(proof, at);
    proofs.push({ proof, at });
  }

  return {
    get waiting() {
      return waiting > 0;
    },
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
      return refuse(reason, delivery, size === undefined ? {} : { size });
    },
  };
}

/** By how much a signature's time is off, in words, when that is what is wrong with it. */
function skew(problem: string, header: string | null, now: number): string {
  const parsed = problem.startsWith('timestamp') ? parseSignatureHeader(header) : problem;
  if (typeof parsed === 'string') return '';
  const off = now - parsed.timestamp;
  return off > 0 ? ` It is ${off} s old.` : ` It is ${-off} s ahead.`;
}

async function chosen(
  keys: (hint: SecretHint) => Promise<readonly KeyObject[]>,
  { body, path }: Delivery,
): Promise<readonly KeyObject[]> {
  return keys({ path, account: parseEnvelope(body)?.account ?? '' });
}
