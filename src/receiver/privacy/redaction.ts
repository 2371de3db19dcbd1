import { chosen, group, maybe, oneOf, textOrTexts } from '../../base/check.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { maskerOf, type Masker } from './mask.ts';
import { PROFILES } from './profiles.ts';

/** Names of fields (`email`, `customer.name`) and of profiles (`personal`, `links`, `free`). */
export type RedactedFields = string | readonly string[];

/** Which fields are stored masked: in the mirror always, in a payload once its event is done, or at once. */
export type Redact = RedactedFields | { fields: RedactedFields; when?: 'done' | 'received' };

const DETAILED = group({ fields: textOrTexts, when: maybe(oneOf('done', 'received')) });
export const REDACT_OPTION = chosen((value) => (isObject(value as Json) ? DETAILED : textOrTexts));

/** The same, prepared. */
export interface Redaction {
  mask: Masker;
  /** Handlers, too, see masked fields: only of events that are proven by their signature. */
  atOnce: boolean;
}

export function redactionOf(given: Redact | undefined): Redaction | undefined {
  if (given === undefined) return undefined;
  const { fields, when = 'done' } = typeof given === 'object' && 'fields' in given ? given : { fields: given };
  const names = (typeof fields === 'string' ? [fields] : fields).flatMap(
    (name): readonly string[] => (PROFILES as Record<string, readonly string[]>)[name] ?? [name],
  );
  return { mask: maskerOf(names), atOnce: when === 'received' };
}

/** What may be stored of something that came by another way than a door: masked, where nothing else ever is to be. */
export const maskedAtOnce = (value: JsonObject, redact: Redaction | undefined): JsonObject =>
  redact?.atOnce ? redact.mask(value).value : value;
