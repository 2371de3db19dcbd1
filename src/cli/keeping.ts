import type { ReceiverOptions } from '../receiver/index.ts';
import { numberOption, UsageError, type Invocation, type OptionSpec } from './define.ts';

/** Options of commands that work: what is kept, and how. */
export const KEEPING_OPTIONS: OptionSpec[] = [
  { flags: '--retention <days>', about: 'delete payloads of finished events after so many days; for ever by default' },
  {
    flags: '--redact <fields>',
    about: 'keep these fields masked: names with commas between, or the profiles personal, links, free',
  },
];

export function keepingOf(options: Invocation['options']): Pick<ReceiverOptions<unknown>, 'retention' | 'redact'> {
  const days = options['retention'] === undefined ? undefined : numberOption(options, 'retention');
  if (days === 0) throw new UsageError('--retention is at least 1.');
  const fields = (options['redact'] as string | undefined)?.split(',').map((field) => field.trim());
  return { ...(days !== undefined && { retention: { days } }), ...(fields && { redact: fields }) };
}
