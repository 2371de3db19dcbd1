const DAY = 86_400;
const UNITS: [number, string][] = [
  [365 * DAY, 'y'],
  [30 * DAY, 'mo'],
  [DAY, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A span in seconds as people say it: `3 d 4 h`, at most two units. */
export function span(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [length, unit] of UNITS) {
    const count = Math.floor(rest / length);
    if (count === 0 && parts.length === 0) continue;
    if (count > 0) parts.push(`${count} ${unit}`);
    rest -= count * length;
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.join(' ') || '0 s';
}

/** `12 s ago`, of milliseconds. */
export const ago = (at: number, now: number): string =>
  now - at < 1_000
    ? 'now'
    : `${span((now - at) / 1000)
        .split(' ')
        .slice(0, 2)
        .join(' ')} ago`;

const MOMENT = new Intl.DateTimeFormat('sv-SE', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const DATE = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});
const LOCAL_CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** Local date and time of milliseconds: `2026-11-22 14:05:09`. */
export const moment = (at: number): string => MOMENT.format(at);
/** Local time of milliseconds. */
export const clockTime = (at: number): string => LOCAL_CLOCK.format(at);
/** Date of Unix seconds, in UTC as Stripe counts: `22 Nov 2026`. */
export const utcDate = (seconds: number): string => DATE.format(seconds * 1000);
/** Time of Unix seconds, in UTC. */
export const utcTime = (seconds: number): string => CLOCK.format(seconds * 1000);
/** Both. */
export const utc = (seconds: number): string => `${utcDate(seconds)}, ${utcTime(seconds)} UTC`;
