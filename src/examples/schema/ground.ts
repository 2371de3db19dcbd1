import type { JsonObject } from '../../base/json.ts';
import type { Outcome } from './outcome.ts';

/** What the making of an example rests on. */
export type Ground = {
  /** Unix seconds. */
  readonly now: number;
  /** A made-up text of digits and letters; the same again in every run. */
  text(length: number): string;
  /** What the event says became of its subject. */
  readonly outcome: Outcome;
  /** The id of an object of one of these kinds in the same world, made when there is none; undefined when it cannot be. */
  refer(kinds: readonly string[]): Promise<string | undefined>;
  /** The same, whole. */
  whole(kinds: readonly string[]): Promise<JsonObject | undefined>;
};
