import { isObject } from '../../base/json.ts';
import type { EventChange, HistoryEvent, MirrorWrite } from '../../store/store.ts';
import { copiedAt } from '../mirror/fact.ts';
import { parse, textOf } from '../payload.ts';
import { maskText } from '../privacy/mask.ts';
import type { Redaction } from '../privacy/redaction.ts';
import type { Draft } from './draft.ts';
import type { Item } from './item.ts';

/** The mirror never shows a masked field. */
export function maskMirror(write: MirrorWrite | undefined, redact: Redaction | undefined): MirrorWrite | undefined {
  const masked = write && redact && maskText(write.json, redact.mask);
  return masked ? { ...write, json: masked.json, indexed: undefined } : write;
}

/** Keeps the payload of an event masked from the moment nobody is to handle it any more. */
export function maskDone<Tx>(
  { event, json }: Item,
  { state }: EventChange,
  draft: Draft<Tx>,
  redact: Redaction | undefined,
): void {
  // A copy may still be wanted by a notification of its object; it goes with the last of them.
  if (!redact || state !== 'done' || copiedAt(json) !== undefined) return;
  // As it came: a handler may have changed what it was given.
  const masked = maskText(textOf(event.payload), redact.mask);
  if (masked) draft.payload({ seq: event.seq, payload: Buffer.from(masked.json), fields: masked.fields });
}

/** Masks the copies of an object's lane once no event of it is open. */
export function maskCopies<Tx>(
  history: readonly HistoryEvent[],
  finished: ReadonlySet<number>,
  draft: Draft<Tx>,
  redact: Redaction,
): void {
  const open = history.some(
    ({ seq, state }) => !finished.has(seq) && (state === 'pending' || state === 'processing' || state === 'retrying'),
  );
  if (open) return;
  for (const { seq, payload } of history) {
    const json = parse(payload);
    if (!isObject(json) || copiedAt(json) === undefined) continue;
    const { value, fields } = redact.mask(json);
    if (fields.length > 0) draft.payload({ seq, payload: Buffer.from(JSON.stringify(value)), fields });
  }
}
