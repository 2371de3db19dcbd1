const SECONDS: Record<string, number> = {
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  hour: 3600,
  d: 86400,
  day: 86400,
  w: 604800,
  week: 604800,
};
const MONTHS: Record<string, number> = { mo: 1, month: 1, y: 12, year: 12 };

/**
 * The moment a span after another (Unix seconds): `30s`, `90m`, `3d`, `2w`, `1mo`, `1y`, or several in a row (`1mo 2d`).
 * Months are calendar months in UTC; one that is too short ends the span on its last day.
 */
export function parseSpan(text: string, from: number): number {
  const parts = [...text.trim().matchAll(/(\d+)\s*([a-z]+)/gi)];
  if (
    parts.length === 0 ||
    parts
      .map(([all]) => all)
      .join('')
      .replace(/\s/g, '') !== text.replace(/\s/g, '')
  )
    throw new Error(`'${text}' is not a span of time: write 30s, 90m, 3d, 2w, 1mo or 1y.`);
  return parts.reduce((at, [, amount, unit]) => {
    const name = unit!.toLowerCase().replace(/(?<=..)s$/, '');
    if (name in SECONDS) return at + Number(amount) * SECONDS[name]!;
    if (name in MONTHS) return addMonths(at, Number(amount) * MONTHS[name]!);
    throw new Error(`'${unit}' is not a unit of time: use s, m, h, d, w, mo or y.`);
  }, from);
}

/** The same time of day, some calendar months later (UTC); the last day of a month that is too short. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return Math.floor(date.getTime() / 1000);
}
