import { check, flag, maybe } from '../../base/check.ts';
import { PaybellError } from '../../base/errors.ts';
import type { Store } from '../../store/store.ts';
import { maskerOf, maskText } from './mask.ts';
import { EVERYTHING } from './profiles.ts';

/** What was masked. */
export interface Forgotten {
  /** Stored events, and copies from the API, that mention the id. */
  events: number;
  objects: number;
  /** Refused deliveries whose body was dropped. */
  refused: number;
}

/** How many rows one commit looks at. */
const BATCH = 2_000;
/** Work that was in hand may write what it had read before: gone over again until nothing is found. */
const PASSES = 5;

/**
 * Erases the personal fields of everything that mentions an object: events, the mirror, errors, refused bodies. Ids,
 * amounts, times and states stay. `compact` also rewrites the files of the database, so that nothing is left in them.
 */
export async function forget(
  id: string,
  store: Pick<Store, 'erase' | 'compact'>,
  options: { compact?: boolean } = {},
): Promise<Forgotten> {
  check('forget', { compact: maybe(flag) }, options);
  const { compact = true } = options;
  if (!/^\w{4,255}$/.test(id)) throw new PaybellError('bad_option', `${JSON.stringify(id)} is no id of an object.`);
  const masker = maskerOf(EVERYTHING);
  const forgotten: Forgotten = { events: 0, objects: 0, refused: 0 };
  for (let pass = 0; pass < PASSES; pass += 1) {
    let found = 0;
    let after: string | null = '';
    while (after !== null) {
      // With its quotes: cus_1 is no part of cus_12.
      const mask = (json: string) => maskText(json, masker);
      const erased = await store.erase({ text: `"${id}"`, mask, limit: BATCH, after });
      found += erased.events + erased.objects;
      for (const part of ['events', 'objects', 'refused'] as const) forgotten[part] += erased[part];
      after = erased.next;
    }
    if (found === 0) break;
  }
  if (compact) await store.compact();
  return forgotten;
}
