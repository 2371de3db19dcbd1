import { cpus } from 'node:os';

export type Line = { name: string; perSecond: number; ratio: string; p50: number; p99: number; note?: string };

/** The median of some numbers. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Prints lines side by side, and the database server that some of them had. */
export function table(title: string, lines: Line[], database?: string): void {
  const ground = [process.version, ...(database === undefined ? [] : [database]), `${cpus().length} cores`, 'medians'];
  console.log(`\n${title}  (${ground.join(', ')})`);
  for (const { name, perSecond, ratio, p50, p99, note = '' } of lines)
    console.log(
      `  ${name.padEnd(36)} ${String(Math.round(perSecond)).padStart(7)}/s  ${ratio.padStart(8)}  p50 ${p50.toFixed(1).padStart(6)} ms  p99 ${p99.toFixed(1).padStart(6)} ms  ${note}`,
    );
}
