import type { Clock } from '../base/clock.ts';
import { NOT_STORED, REPEATED, type Answer, type RefusalReason } from './answers.ts';
import type { Ingest, Respond } from './ingest.ts';

/** What became of one delivery. Nothing of its content is in it. */
export interface Delivered {
  /** `failed`: answered 503, so that Stripe sends it again. */
  outcome: 'stored' | 'duplicate' | 'refused' | 'failed';
  /** Why it was refused; null when it was not. */
  reason: RefusalReason | null;
  /** From the last byte that came to the answer. */
  milliseconds: number;
}

/** What became of one run of a handler. */
export interface Handled {
  account: string;
  /** The event's id. */
  event: string;
  type: string;
  handler: string;
  attempt: number;
  /** `dead`: it failed for the last time. */
  outcome: 'done' | 'deferred' | 'failed' | 'dead';
  milliseconds: number;
}

/** Told of every delivery and of every run of a handler, as it ends: for logs and metrics. */
export interface Observer {
  delivered?(delivered: Delivered): void;
  handled?(handled: Handled): void;
}

/** Calls a function of the user's, which may be asynchronous whatever its type says; neither way it throws harms anything. */
function attempt(call: () => unknown, failed: (error: unknown) => void): void {
  try {
    const result = call();
    if (result instanceof Promise) result.catch(failed);
  } catch (error) {
    failed(error);
  }
}

type OnProblem = (what: string, error: unknown) => void;

/** Where problems are told: on stderr, or by the user's function; there, too, when that one fails itself. */
export function problemsTo(given: OnProblem | undefined): OnProblem {
  const print: OnProblem = (what, error) => console.error(`paybell: ${what}:`, error);
  if (!given) return print;
  return (what, error) =>
    attempt(
      () => given(what, error),
      (thrown) => {
        print('`onProblem` threw', thrown);
        print(what, error);
      },
    );
}

/** The same observer; what it throws harms nothing. */
export function harmless(
  observer: Observer | undefined,
  onProblem: (what: string, error: unknown) => void,
): Observer | undefined {
  if (!observer) return undefined;
  const guarded =
    <Told>(tell: ((told: Told) => void) | undefined) =>
    (told: Told): void =>
      attempt(
        () => tell?.(told),
        (error) => onProblem('`observe` threw', error),
      );
  return { delivered: guarded(observer.delivered?.bind(observer)), handled: guarded(observer.handled?.bind(observer)) };
}

/** The same ingest, of which an observer is told; the very same one without an observer. */
export function observed(ingest: Ingest, observer: Observer | undefined, clock: Clock): Ingest {
  if (!observer?.delivered) return ingest;
  function told(respond: Respond, given?: RefusalReason): Respond {
    const began = clock.now();
    return (answer) => {
      const reason = given ?? reasonIn(answer);
      observer!.delivered!({ outcome: outcomeOf(answer), reason, milliseconds: clock.now() - began });
      respond(answer);
    };
  }
  return {
    deliver: (delivery, respond) => ingest.deliver(delivery, told(respond)),
    refuse: (reason, delivery, respond, size) => ingest.refuse(reason, delivery, told(respond, reason), size),
  };
}

function outcomeOf(answer: Answer): Delivered['outcome'] {
  if (answer === REPEATED) return 'duplicate';
  if (answer === NOT_STORED) return 'failed';
  return answer.status === 200 ? 'stored' : 'refused';
}

function reasonIn({ status, body }: Answer): RefusalReason | null {
  return status === 200 || status === 503 ? null : ((JSON.parse(body) as { reason?: RefusalReason }).reason ?? null);
}
