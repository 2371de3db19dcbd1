// `npm run bench -- NAME [--seconds N] [--rounds N] [--minutes N] [--only NAMES] [--postgres FOLDER]`: ratios side by side
// in one run, never absolute promises. `--postgres` names the binaries of a server, such as /usr/lib/postgresql/17/bin.
import { parseArgs } from 'node:util';
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

const USAGE = `npm run bench -- NAME [--seconds N] [--rounds N] [--minutes N] [--only NAMES] [--postgres FOLDER]
NAME: ${Object.keys(BENCHES).join(', ')}`;

const refuse = (reason: string): never => {
  console.error(`${reason}\n${USAGE}`);
  process.exit(2);
};

const { bench, options } = read();
await bench(options);

function read(): { bench: (options: BenchOptions) => Promise<void>; options: BenchOptions } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '4' },
        rounds: { type: 'string', default: '3' },
        minutes: { type: 'string', default: '10' },
        only: { type: 'string', default: '' },
        postgres: { type: 'string' },
      },
    });
    const found = positionals.length === 1 ? BENCHES[positionals[0]!] : undefined;
    if (!found) return refuse(`Name one bench, not "${positionals.join(' ')}".`);
    const number = (flag: 'seconds' | 'rounds' | 'minutes') => {
      const value = Number(values[flag]);
      return value > 0 ? value : refuse(`--${flag} takes a number above 0, not "${values[flag]}".`);
    };
    const only = values.only.split(',').filter(Boolean);
    const numbers = { seconds: number('seconds'), rounds: number('rounds'), minutes: number('minutes') };
    return { bench: found, options: { ...numbers, only, postgres: values.postgres } };
  } catch (error) {
    return refuse((error as Error).message);
  }
}
