import type { KeyObject } from 'node:crypto';
import { parseSignatureHeader, verifySignature } from '../stripe/signature.ts';
import { isObject } from '../base/json.ts';
import type { IncomingRefusal } from '../store/store.ts';
import {
  KEPT_BODY,
  NOT_STORED,
  RECEIVED,
  REFUSALS,
  REPEATED,
  refused,
  type Answer,
  type RefusalReason,
} from './answers.ts';
import type { Counters } from './counters.ts';
import type { Endpoint } from './endpoints.ts';
import { envelopeOf, parseEnvelope, readEnvelope } from './envelope.ts';
import type { Keeper } from './keep.ts';
import { UNSIGNED } from './rotation.ts';
import type { Settings } from './options.ts';
import { parse, textOf } from './payload.ts';
import { candidateOf } from './shortcut.ts';
import { maskText } from './privacy/mask.ts';
import { proofOf, type SecretHint } from './secrets.ts';
import { createDiagnosis } from './verify/diagnose.ts';

/** What a door hands over: the raw body, the signature header, and where it arrived. */
export interface Delivery {
  body: Uint8Array;
  signature: string | null;
  path: string;
}

/** Called once, with what a delivery is answered. */
export type Respond = (answer: Answer) => void;

/** From a delivery to its answer: proven, stored in the current group commit, and only then answered. */
export interface Ingest {
  deliver(delivery: Delivery, respond: Respond): void;
  /** Records a delivery that could not even be read. */
  refuse(reason: RefusalReason, delivery: Delivery, respond: Respond, size?: number): void;
}

const KEPT_HEADER = 1_024;
/** How many times its size a body takes with what was parsed of it and the object printed anew (measured: 3 to 3.7). */
const PARSED = 4;

/** Calls back instead of promising, for a promise at each step was measured to cost more than the signature. */
export function createIngest<Tx>(settings: Settings<Tx>, counts: Counters, keeper: Keeper): Ingest {
  const { endpoints, clock, tolerance, redact } = settings;
  const diagnose = createDiagnosis(clock);

  function refuse(
    reason: RefusalReason,
    { body, signature }: Delivery,
    respond: Respond,
    { size = body.length, more = '' }: { size?: number; more?: string } = {},
  ): void {
    counts.refused += 1;
    const refusal: IncomingRefusal = {
      reason,
      detail: REFUSALS[reason] + more,
      signature: (signature ?? '').slice(0, KEPT_HEADER),
      size,
      body: kept(body),
      receivedAt: clock.now(),
    };
    // Refused is refused, even when the record of it cannot be kept.
    keeper.keep({ refusal }, refusal.body.length, () => respond(refused(reason)));
  }

  /** What is kept of a refused body, which may be a genuine one for somebody else. */
  function kept(body: Uint8Array): Uint8Array {
    if (!redact?.atOnce) return body.slice(0, KEPT_BODY);
    // What cannot be read cannot be masked, and what is larger is not worth reading.
    const json = body.length <= KEPT_BODY ? parse(body) : undefined;
    return isObject(json) ? Buffer.from(JSON.stringify(redact.mask(json).value)) : new Uint8Array();
  }

  function accept(delivery: Delivery, { refuses, verify }: Endpoint, proof: string | null, respond: Respond): void {
    const { body } = delivery;
    if (verify === 'api') keeper.matched(UNSIGNED);
    const together = proof !== null && settings.together;
    const payload = proof === null ? body : atOnce(body);
    const json = together ? parse(payload) : undefined;
    // Before it is proven, a body may be made to look like one thing to a scan and another to a parser.
    const envelope = together ? envelopeOf(json) : proof === null ? parseEnvelope(body) : readEnvelope(body);
    if (!envelope) return refuse('not_an_event', delivery, respond);
    const wrong = refuses(envelope);
    if (wrong) return refuse(wrong, delivery, respond);
    const event = { ...envelope, proof, payload, receivedAt: clock.now() };
    const row = together ? { event, candidate: candidateOf(event, json, settings) } : { event };
    keeper.keep(row, body.length * (together ? PARSED : 1), (inserted) => {
      if (inserted === undefined) {
        counts.failed += 1;
        respond(NOT_STORED);
      } else if (inserted === 'duplicate') {
        counts.duplicates += 1;
        respond(REPEATED);
      } else {
        counts.stored += 1;
        respond(RECEIVED);
      }
    });
  }

  /** What is stored of a proven body: with `redact.when: 'received'` nothing that is to be masked ever is. */
  function atOnce(body: Uint8Array): Uint8Array {
    if (!redact?.atOnce) return body;
    const masked = maskText(textOf(body), redact.mask);
    return masked ? Buffer.from(masked.json) : body;
  }

  function prove(delivery: Delivery, endpoint: Endpoint, keys: readonly KeyObject[], respond: Respond): void {
    const { body, signature } = delivery;
    const now = Math.floor(clock.now() / 1000);
    const matching = verifySignature(body, signature, keys, { now, tolerance });
    if (typeof matching === 'string') {
      const damage = matching === 'no_match' ? diagnose(body, signature, keys) : undefined;
      return refuse(damage ?? matching, delivery, respond, {
        more: keys.length === 0 ? NO_KEYS : skew(matching, signature, now),
      });
    }
    const proof = proofOf(keys[matching]!);
    keeper.matched(proof);
    accept(delivery, endpoint, endpoint.verify === 'signature' ? proof : null, respond);
  }

  /** What a function of the user's comes to, unless that takes longer than a delivery may. */
  function inTime<Value>(asked: Promise<Value>): Promise<Value> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = clock.after(settings.answerWithin, () =>
      reject(new Error(`The function given as \`secrets\` took longer than ${settings.answerWithin} ms.`)),
    );
    return Promise.race([asked, late]).finally(cancel);
  }

  return {
    deliver(delivery, respond) {
      counts.received += 1;
      const failed = (error: unknown): void => {
        // A function of the user's that throws: Stripe will send it again.
        settings.onProblem('a delivery could not be verified', error);
        counts.failed += 1;
        respond(NOT_STORED);
      };
      const endpoint = endpoints.get(delivery.path)!;
      const { keys, verify } = endpoint;
      try {
        if (verify === 'api') accept(delivery, endpoint, null, respond);
        else if (typeof keys !== 'function') prove(delivery, endpoint, keys, respond);
        else
          inTime(chosen(keys, delivery))
            .then((some) => prove(delivery, endpoint, some, respond))
            .catch(failed);
      } catch (error) {
        failed(error);
      }
    },
    refuse(reason, delivery, respond, size) {
      counts.received += 1;
      refuse(reason, delivery, respond, size === undefined ? {} : { size });
    },
  };
}

const NO_KEYS = ' The function given as `secrets` has none for it.';

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
