import type { LoggedEvent } from './event-log.ts';
import type { Row } from './objects.ts';
import type { Due } from './timers.ts';

/** A world at one moment: plain data, so that it can be kept in memory and in a file. */
export type WorldState = {
  epoch: number;
  position: number;
  /** Its own clock, Unix seconds. */
  clock: { now: number; frozen: boolean };
  rows: { account: string; object: string; rows: Row[] }[];
  /** What is to come, by test clock; `''` is the world's own clock. */
  due: [clock: string, due: Due[]][];
  log: LoggedEvent[];
  filled: [path: string, count: number][];
};
