import { parseSpan } from '../emulator/index.ts';
import { UsageError } from './define.ts';

const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/;

/** A time in milliseconds: `2026-11-22`, `2026-11-22T10:00:00Z`, or so long ago (`90m`, `3d`). In UTC, as times are shown, unless it says otherwise. */
export function timeOption(name: string, value: unknown, now: number): number | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    const at = Date.parse(WITHOUT_ZONE.test(text) ? `${text.replace(' ', 'T')}Z` : text);
    if (Number.isFinite(at) && isDay(text.slice(0, 10))) return at;
  } else {
    try {
      const length = parseSpan(text, 0);
      return now - length * 1000;
    } catch {
      // Neither.
    }
  }
  throw new UsageError(
    `--${name} takes a date (2026-11-22, 2026-11-22T10:00:00Z) or how long ago (90m, 3d), not '${text}'.`,
  );
}

/** The 30th of February is none, although it is read as the 2nd of March. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

/** Seconds as people read them. */
export const secondsShown = (at: number): string => new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ');
