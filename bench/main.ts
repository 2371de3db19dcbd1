// `npm run bench -- NAME [--seconds N] [--rounds N] [--minutes N]`: ratios side by side in one run, never absolute promises.
import { consoleBench } from './console.ts';
import { emulator } from './emulator.ts';
import { growth } from './growth.ts';
import { ingest } from './ingest.ts';
import { memory } from './memory.ts';
import { sustain } from './sustain.ts';
import { year } from './year.ts';

const BENCHES: Record<string, (options: BenchOptions) => Promise<void>> = {
  ingest,
  process: sustain,
  growth,
  memory,
  emulator,
  year,
  console: consoleBench,
};

export type BenchOptions = { seconds: number; rounds: number; only: string[]; minutes: number };

const [name, ...rest] = process.argv.slice(2);
const bench = BENCHES[name ?? ''];
if (!bench) {
  console.error(`Name a bench: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
const number = (flag: string, preset: number) => {
  const at = rest.indexOf(flag);
  return at < 0 ? preset : Number(rest[at + 1]);
};
const only = rest.includes('--only') ? rest[rest.indexOf('--only') + 1]!.split(',') : [];
await bench({ seconds: number('--seconds', 4), rounds: number('--rounds', 3), only, minutes: number('--minutes', 10) });
