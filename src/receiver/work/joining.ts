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
  /** Waits until nothing runs in it any more; throws what one of the functions threw. Undefined when none was given. */
  ended(): Promise<void> | undefined;
  /** Commits the result together with the open transaction; undefined when none is open. */
  settle?(result: LaneResult<Tx>): Promise<Settled>;
  /** Undoes what was done in it, when nothing runs in it any more. */
  undo(): Promise<void>;
}

/** For one run of a handler; `signal` says that what it does must not be committed any more. */
export const joining = <Tx>(store: Store<Tx>, signal: AbortSignal): Joining<Tx> =>
  store.begin ? new Opening(store as Opens<Tx>, signal) : new Recording();

const NONE: readonly never[] = [];

class Recording<Tx> implements Joining<Tx> {
  readonly effects: ((tx: Tx) => unknown)[] = [];
  #over = false;
  readonly tx = ((effect: (tx: Tx) => void): void => {
    if (this.#over) throw ended();
    this.effects.push(effect);
  }) as Transact<Tx>;
  readonly interrupted = undefined;
  get used(): boolean {
    return this.effects.length > 0;
  }
  ended(): undefined {
    this.#over = true;
  }
  async undo(): Promise<void> {
    this.#over = true;
  }
}

const ended = () => new Error('ctx.tx: the handler has ended; call it, and wait for it, before that.');

type Opens<Tx> = Store<Tx> & Required<Pick<Store<Tx>, 'begin'>>;

class Opening<Tx> implements Joining<Tx> {
  readonly effects = NONE;
  interrupted: unknown;
  readonly #store: Opens<Tx>;
  readonly #signal: AbortSignal;
  readonly #running: Promise<unknown>[] = [];
  #opened: Promise<OpenEffects<Tx>> | undefined;
  #over = false;
  #stopListening: (() => void) | undefined;

  constructor(store: Opens<Tx>, signal: AbortSignal) {
    this.#store = store;
    this.#signal = signal;
  }

  readonly tx = (<Result>(effect: (tx: Tx) => Result | Promise<Result>) => {
    const result = this.#run(effect);
    // Whoever does not wait for it is told by the failure of the run.
    result.catch(() => {});
    this.#running.push(result);
    return result;
  }) as Transact<Tx>;

  get used(): boolean {
    return this.#opened !== undefined;
  }

  ended(): Promise<void> | undefined {
    this.#over = this.#running.length === 0;
    return this.#over ? undefined : this.#ended();
  }

  async settle(result: LaneResult<Tx>): Promise<Settled> {
    const made = await this.#opened!;
    this.#stopListening?.();
    if (this.#signal.aborted) {
      await made.rollback();
      return { outcome: 'lost' };
    }
    try {
      return await made.settle(result);
    } catch (error) {
      this.interrupted = error;
      throw error;
    }
  }

  async undo(): Promise<void> {
    await this.#quiet();
    this.#stopListening?.();
    await this.#opened?.then(({ rollback }) => rollback()).catch(() => {});
  }

  async #run<Result>(effect: (tx: Tx) => Result | Promise<Result>): Promise<Result> {
    if (this.#over) throw ended();
    return effect((await (this.#opened ??= this.#open())).tx);
  }

  async #open(): Promise<OpenEffects<Tx>> {
    const signal = this.#signal;
    signal.throwIfAborted();
    const made = await this.#store.begin().catch((error: unknown) => {
      this.interrupted = error;
      throw error;
    });
    // A handler that does not listen to its signal must not keep the place of one that may still commit.
    const leave = (): void => void made.rollback();
    if (signal.aborted) await made.rollback();
    signal.throwIfAborted();
    signal.addEventListener('abort', leave, { once: true });
    this.#stopListening = () => signal.removeEventListener('abort', leave);
    return made;
  }

  async #ended(): Promise<void> {
    const failed = await this.#quiet();
    if (failed) throw failed.reason;
  }

  async #quiet(): Promise<PromiseRejectedResult | undefined> {
    let failed: PromiseRejectedResult | undefined;
    // One that runs may begin another.
    for (const one of this.#running) {
      const [outcome] = await Promise.allSettled([one]);
      if (outcome.status === 'rejected') failed ??= outcome;
    }
    this.#over = true;
    return failed;
  }
}
