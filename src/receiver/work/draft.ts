import type {
  AccountMark,
  ClaimedLane,
  EventChange,
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

export function createDraft<Tx>(
  { lane, lease }: ClaimedLane,
  { settings, owner, settle: together }: Tools<Tx>,
): Draft<Tx> {
  const empty = () => ({
    mirror: undefined as MirrorWrite | undefined,
    events: [] as EventChange[],
    records: [] as RecordChange[],
    accounts: [] as AccountMark[],
    payloads: [] as MaskedPayload[],
    wake: false,
  });
  let pending = empty();
  let dirty = false;
  const touch = (change: () => void): void => {
    change();
    dirty = true;
  };
  return {
    mirror: (write) => write && touch(() => (pending.mirror = write)),
    event: (change) => touch(() => pending.events.push(change)),
    record: (change) => touch(() => pending.records.push(change)),
    account: (mark) => touch(() => pending.accounts.push(mark)),
    payload: (masked) => touch(() => pending.payloads.push(masked)),
    wake: () => touch(() => (pending.wake = true)),
    get dirty() {
      return dirty;
    },
    async commit({ effects = [], release = false, settle = together } = {}) {
      const written = pending;
      pending = empty();
      dirty = false;
      const now = settings.clock.now();
      const settled = await settle({ lane, owner, lease, now, ...written, effects, release });
      if (settled.outcome === 'lost') throw LOST;
      if (settled.outcome === 'failed') throw settled.error;
    },
  };
}
