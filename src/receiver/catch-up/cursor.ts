import type { Store } from '../../store/store.ts';

/** How far the listing of an account's events has come, in one mode. Times are in seconds. */
export interface Cursor {
  /** `created` of the newest event of the last listing that was completed. */
  created: number;
  /** When that listing began: what had happened by then was listed. */
  listedAt: number;
}

/** An event may show up in the list later than its `created` says: this many seconds are listed again. */
export const OVERLAP = 600;
/** How far back Stripe lists events: 30 days (docs.stripe.com/webhooks/process-undelivered-events). */
export const REACH = 30 * 86_400;

const MODES = [false, true];
const name = (account: string, livemode: boolean): string =>
  `reconcile ${account === '' ? 'platform' : account} ${livemode ? 'live' : 'test'}`;

/** The cursors of listings, as notes in a store. */
export function cursors(store: Store) {
  async function read(account: string, livemode: boolean): Promise<Cursor | undefined> {
    const note = await store.readNote(name(account, livemode));
    return note === undefined ? undefined : (JSON.parse(note) as Cursor);
  }
  return {
    read,
    write: (account: string, livemode: boolean, cursor: Cursor): Promise<void> =>
      store.writeNote(name(account, livemode), JSON.stringify(cursor)),
    /** The mode in which an account was ever listed, when it is only one. */
    async onlyMode(account: string): Promise<boolean | undefined> {
      const known = await Promise.all(MODES.map((mode) => read(account, mode)));
      const modes = MODES.filter((_, i) => known[i] !== undefined);
      return modes.length === 1 ? modes[0] : undefined;
    },
  };
}
