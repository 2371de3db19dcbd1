import type { ReceiverOptions, Redact } from '../receiver/index.ts';
import { notedRedaction } from '../receiver/privacy/noted.ts';
import type { Store } from '../store/store.ts';
import { numberOption, UsageError, type Invocation, type OptionSpec } from './define.ts';

export const REDACT_OPTION: OptionSpec = {
  flags: '--redact <fields>',
  about:
    'keep these fields masked: names with commas between, or the profiles personal, links, free; none ends what this store was last told',
};

/** Options of commands that work: what is kept, and how. */
export const KEEPING_OPTIONS: OptionSpec[] = [
  { flags: '--retention <days>', about: 'delete payloads of finished events after so many days; for ever by default' },
  REDACT_OPTION,
];

const NONE = 'none';

/** What is kept of events, and how; where nothing is said of masking, what the store was last told. */
export async function keepingOf(
  options: Invocation['options'],
  store: Pick<Store, 'readNote'>,
): Promise<Pick<ReceiverOptions<unknown>, 'retention' | 'redact'>> {
  const days = options['retention'] === undefined ? undefined : numberOption(options, 'retention');
  if (days === 0) throw new UsageError('--retention is at least 1.');
  const redact = await redactOf(options['redact'] as string | undefined, store);
  return { ...(days !== undefined && { retention: { days } }), ...(redact && { redact }) };
}

async function redactOf(given: string | undefined, store: Pick<Store, 'readNote'>): Promise<Redact | undefined> {
  if (given === undefined) return notedRedaction(store);
  const fields = given.split(',').map((field) => field.trim());
  if (fields.includes(''))
    throw new UsageError(`--redact takes names of fields, or profiles, with commas between; it was '${given}'.`);
  if (!fields.includes(NONE)) return fields;
  if (fields.length > 1) throw new UsageError('--redact none goes with nothing else.');
  return undefined;
}
