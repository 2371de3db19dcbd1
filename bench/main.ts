// `npm run bench -- NAME [--seconds N] [--rounds N] [--minutes N] [--only NAMES] [--postgres FOLDER]`: ratios side by side
// in one run, never absolute promises. `--postgres` names the binaries of a server, such as /usr/lib/postgresql/17/bin.
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

export type BenchOptions = {
  seconds: number;
  rounds: number;
  only: string[];
  minutes: number;
  postgres: string | undefined;
};

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
const text = (flag: string): string | undefined => (rest.includes(flag) ? rest[rest.indexOf(flag) + 1] : undefined);
await bench({
  seconds: number('--seconds', 4),
  rounds: number('--rounds', 3),
  only: text('--only')?.split(',') ?? [],
  minutes: number('--minutes', 10),
  postgres: text('--postgres'),
});
