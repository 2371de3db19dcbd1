import type { OpenEffects, LaneResult, Settled, Store } from '../../store/store.ts';
import type { Transact } from '../context.ts';

/** What one run of a handler does in the commit that marks it done. */
export interface Joining<Tx> {
  /** `ctx.tx`. */
  tx: Transact<Tx>;
  /** Whether it was used. */
  readonly used: boolean;
  /** Functions to be run inside the commit, where the store opens no transaction for a handler. */
  readonly effects: readonly ((tx: Tx) => unknown)[];
  /** Why the store could not be asked, or did not say what became of the commit: no fault of the handler's. */
  readonly interrupted: unknown;
  /** Waits until nothing runs in it any more; throws what one of the functions threw. */
  ended(): Promise<void>;
  /** Commits the result together with the open transaction; undefined when none is open. */
  settle: ((result: LaneResult<Tx>) => Promise<Settled>) | undefined;
  /** Undoes what was done in it, when nothing runs in it any more. */
  undo(): Promise<void>;
}

/** For one run of a handler; `signal` says that what it does must not be committed any more. */
export const joining = <Tx>(store: Store<Tx>, signal: AbortSignal): Joining<Tx> =>
  store.begin ? opening(() => store.begin!(), signal) : recording();

function recording<Tx>(): Joining<Tx> {
  const effects: ((tx: Tx) => unknown)[] = [];
  return {
    tx: ((effect: (tx: Tx) => void) => void effects.push(effect)) as Transact<Tx>,
    get used() {
      return effects.length > 0;
    },
    effects,
    interrupted: undefined,
    ended: async () => {},
    settle: undefined,
    undo: async () => {},
  };
}

function opening<Tx>(begin: () => Promise<OpenEffects<Tx>>, signal: AbortSignal): Joining<Tx> {
  const running: Promise<unknown>[] = [];
  let opened: Promise<OpenEffects<Tx>> | undefined;
  let over = false;
  let interrupted: unknown;
  let stopListening = (): void => {};

  async function open(): Promise<OpenEffects<Tx>> {
    signal.throwIfAborted();
    const made = await begin().catch((error: unknown) => {
      interrupted = error;
      throw error;
    });
    // A handler that does not listen to its signal must not keep the place of one that may still commit.
    const leave = (): void => void made.rollback();
    if (signal.aborted) await made.rollback();
    signal.throwIfAborted();
    signal.addEventListener('abort', leave, { once: true });
    stopListening = () => signal.removeEventListener('abort', leave);
    return made;
  }

  async function run<Result>(effect: (tx: Tx) => Result | Promise<Result>): Promise<Result> {
    if (over) throw new Error('ctx.tx: the handler has ended; call it, and wait for it, before that.');
    return effect((await (opened ??= open())).tx);
  }

  async function quiet(): Promise<PromiseRejectedResult | undefined> {
    let failed: PromiseRejectedResult | undefined;
    // One that runs may begin another.
    for (const one of running) {
      const [outcome] = await Promise.allSettled([one]);
      if (outcome.status === 'rejected') failed ??= outcome;
    }
    over = true;
    return failed;
  }

  return {
    tx: (<Result>(effect: (tx: Tx) => Result | Promise<Result>) => {
      const result = run(effect);
      // Whoever does not wait for it is told by the failure of the run.
      result.catch(() => {});
      running.push(result);
      return result;
    }) as Transact<Tx>,
    get used() {
      return opened !== undefined;
    },
    effects: [],
    get interrupted() {
      return interrupted;
    },
    async ended() {
      const failed = await quiet();
      if (failed) throw failed.reason;
    },
    async settle(result) {
      const made = await opened!;
      stopListening();
      if (signal.aborted) {
        await made.rollback();
        return { outcome: 'lost' };
      }
      try {
        return await made.settle(result);
      } catch (error) {
        interrupted = error;
        throw error;
      }
    },
    async undo() {
      await quiet();
      stopListening();
      await opened?.then(({ rollback }) => rollback()).catch(() => {});
    },
  };
}
