/** Which payloads and rows are old enough to go. Times are in milliseconds. */
export interface Pruning {
  /** Payloads of events received and finished before this go. */
  before: number;
  /** Rows without a payload go when they were received before this; until then they make a late resend a duplicate. */
  rowsBefore: number;
  /** Whether the dead letter goes too. */
  dead: boolean;
  /** Looks at no more than this many events, after this place in the order of arrival. */
  limit: number;
  after: number;
}

/** What went, and where to go on; `next` is null at the end. */
export interface Pruned {
  payloads: number;
  rows: number;
  next: number | null;
}

/** What is to be masked wherever a text occurs. */
export interface Erasing {
  text: string;
  /** Masks a JSON text; undefined when there is nothing to mask in it. `fields` names what it masked. */
  mask: (json: string) => { json: string; fields: string[] } | undefined;
  /** Looks at no more than this many rows, from this cursor on; `''` is the beginning. */
  limit: number;
  after: string;
}

/** What was masked, and where to go on; `next` is null at the end. */
export interface Erased {
  events: number;
  objects: number;
  refused: number;
  next: string | null;
}
