import type { Store } from '../../store/store.ts';

/** What has been gathered so far: accounts, and up to which event. */
interface Gathered {
  seq: number;
  accounts: string[];
}

const NOTE = 'accounts';
const PAGE = 1_000;
/** Events may be committed a little out of their order: this many are looked at again. */
const AGAIN = 1_000;

/** Every connected account that a proven event or a copy was ever stored of. Reads only what is new since the last time. */
export async function knownAccounts(store: Store): Promise<string[]> {
  const before = JSON.parse((await store.readNote(NOTE)) ?? '{"seq":0,"accounts":[]}') as Gathered;
  const accounts = new Set(before.accounts);
  let seq = before.seq;
  let cursor: number | undefined;
  do {
    const page = await store.listEvents({ valid: true, limit: PAGE, ...(cursor !== undefined && { before: cursor }) });
    for (const event of page.items) {
      if (event.account !== '') accounts.add(event.account);
      seq = Math.max(seq, event.seq);
    }
    cursor = page.next === null || page.next <= before.seq - AGAIN ? undefined : page.next;
  } while (cursor !== undefined);
  const found = [...accounts].toSorted();
  if (seq > before.seq || found.length > before.accounts.length)
    await store.writeNote(NOTE, JSON.stringify({ seq, accounts: found } satisfies Gathered));
  return found;
}
