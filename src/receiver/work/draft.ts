import type {
  AccountMark,
  ClaimedLane,
  EventChange,
  LaneResult,
  MaskedPayload,
  MirrorWrite,
  RecordChange,
} from '../../store/store.ts';
import { LOST, type Tools } from './tools.ts';

/** What is to be written about a lane, collected until it has to be there. */
export interface Draft<Tx> {
  mirror(write: MirrorWrite | undefined): void;
  event(change: EventChange): void;
  record(change: RecordChange): void;
  account(mark: AccountMark): void;
  payload(masked: MaskedPayload): void;
  /** Events that were held back behind this one may go on. */
  wake(): void;
  readonly dirty: boolean;
  /** Writes it. Throws what kept it from being written; throws LOST without the lease. */
  commit(options?: CommitOptions<Tx>): Promise<void>;
}

/** What is committed with a draft, and how. */
export interface CommitOptions<Tx> {
  effects?: readonly ((tx: Tx) => unknown)[];
  /** Gives the lease back. */
  release?: boolean;
  /** Instead of together with other lanes: in a transaction of its own. */
  settle?: Tools<Tx>['settle'] | undefined;
}

const NONE: readonly never[] = [];

/** Most lanes write one event and one record, so what is rare is made when it is wanted. */
class LaneDraft<Tx> implements Draft<Tx> {
  dirty = false;
  readonly #lane: Pick<LaneResult, 'lane' | 'owner' | 'lease'>;
  readonly #tools: Tools<Tx>;
  #mirror: MirrorWrite | undefined;
  #events: EventChange[] = [];
  #records: RecordChange[] = [];
  #accounts: AccountMark[] | undefined;
  #payloads: MaskedPayload[] | undefined;
  #wake = false;

  constructor({ lane, lease }: ClaimedLane, tools: Tools<Tx>) {
    this.#lane = { lane, owner: tools.owner, lease };
    this.#tools = tools;
  }
  mirror(write: MirrorWrite | undefined): void {
    if (!write) return;
    this.#mirror = write;
    this.dirty = true;
  }
  event(change: EventChange): void {
    this.#events.push(change);
    this.dirty = true;
  }
  record(change: RecordChange): void {
    this.#records.push(change);
    this.dirty = true;
  }
  account(mark: AccountMark): void {
    (this.#accounts ??= []).push(mark);
    this.dirty = true;
  }
  payload(masked: MaskedPayload): void {
    (this.#payloads ??= []).push(masked);
    this.dirty = true;
  }
  wake(): void {
    this.#wake = true;
    this.dirty = true;
  }
  async commit({ effects = NONE, release = false, settle }: CommitOptions<Tx> = {}): Promise<void> {
    const result: LaneResult<Tx> = {
      ...this.#lane,
      now: this.#tools.settings.clock.now(),
      mirror: this.#mirror,
      events: this.#events,
      records: this.#records,
      accounts: this.#accounts ?? NONE,
      payloads: this.#payloads ?? NONE,
      effects,
      wake: this.#wake,
      release,
    };
    this.#empty();
    const settled = await (settle ?? this.#tools.settle)(result);
    if (settled.outcome === 'lost') throw LOST;
    if (settled.outcome === 'failed') throw settled.error;
  }
  #empty(): void {
    this.dirty = false;
    this.#mirror = this.#accounts = this.#payloads = undefined;
    this.#events = [];
    this.#records = [];
    this.#wake = false;
  }
}

export const createDraft = <Tx>(lane: ClaimedLane, tools: Tools<Tx>): Draft<Tx> => new LaneDraft(lane, tools);
