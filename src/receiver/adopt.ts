import { anyText, check, maybe, moment, such, type Checks } from '../base/check.ts';
import type { JsonObject } from '../base/json.ts';
import type { Store } from '../store/store.ts';
import { copyRow } from './mirror/copy.ts';
import type { Settings } from './options.ts';

/** Where objects that the API answered with come from. */
export interface AdoptOptions {
  /** `''`, the platform, by default. */
  account?: string;
  /** When the request began, in milliseconds: they take part in the mirror as of that time. */
  requestedAt: number;
  apiVersion?: string | null;
}

const OPTIONS: Checks<AdoptOptions> = {
  account: maybe(anyText),
  requestedAt: moment,
  apiVersion: maybe(such('a text or null', (value) => value === null || typeof value === 'string')),
};
const BATCH = 500;

/**
 * Stores objects as the API showed them. The mirror then is what it would be had an event told of each at that time:
 * later events win, earlier ones lose. Answers how many it stored: all that have a type and an id.
 */
export async function adopt(
  objects: Iterable<JsonObject>,
  options: AdoptOptions,
  { store, clock, keepRefused, redact }: Pick<Settings<never>, 'clock' | 'keepRefused' | 'redact'> & { store: Store },
): Promise<number> {
  check('adopt', OPTIONS, options);
  const { account = '', requestedAt, apiVersion = null } = options;
  let stored = 0;
  let batch: NonNullable<ReturnType<typeof copyRow>>[] = [];
  const flush = async (): Promise<void> => {
    const inserted = await store.insert({ events: batch, refused: [], keepRefused });
    stored += inserted.filter((one) => one === 'stored').length;
    batch = [];
  };
  for (const object of objects) {
    const row = copyRow(object, { account, requestedAt, apiVersion, redact, now: clock.now() });
    if (row) batch.push(row);
    if (batch.length === BATCH) await flush();
  }
  if (batch.length > 0) await flush();
  return stored;
}
