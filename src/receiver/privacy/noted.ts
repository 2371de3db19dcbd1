import type { Store } from '../../store/store.ts';
import type { Redact } from './redaction.ts';

const NOTE = 'redact';

/** What a receiver on this store was last told to keep masked, for those that are not told themselves. */
export async function notedRedaction(store: Pick<Store, 'readNote'>): Promise<Redact | undefined> {
  const note = await store.readNote(NOTE);
  return note ? (JSON.parse(note) as Redact) : undefined;
}

/** Notes what is kept masked from now on; undefined: nothing. */
export async function noteRedaction(
  redact: Redact | undefined,
  store: Pick<Store, 'readNote' | 'writeNote'>,
): Promise<void> {
  const note = redact === undefined ? '' : JSON.stringify(redact);
  if (((await store.readNote(NOTE)) ?? '') !== note) await store.writeNote(NOTE, note);
}
