import { PaybellError } from '../../base/errors.ts';
import { random } from '../../base/ids.ts';
import { RETRY_STEPS, type Delivery } from './delivery.ts';

/** What goes wrong on the way to endpoints, each with its probability (0 to 1, by default 0). */
export type ChaosOptions = {
  /** An event arrives once more. */
  duplicate?: number;
  /** An event arrives after some that were told later. */
  reorder?: number;
  /** An event arrives up to `delaySeconds` later, in the world's time. */
  delay?: number;
  /** A request, or the answer to it, is lost: the attempt has failed, and the next one follows as usual. */
  drop?: number;
  /** A request takes up to `slowMs` longer, in wall time. */
  slow?: number;
  delaySeconds?: number;
  slowMs?: number;
  /** Given, the same deliveries meet the same fate from run to run. */
  seed?: string;
};

/** What is to happen to one attempt. */
export type Fate = {
  duplicate: boolean;
  /** How many later deliveries go first. */
  behind: number;
  delaySeconds: number;
  drop: 'drop_request' | 'drop_answer' | undefined;
  slowMs: number;
};

export type Chaos = { readonly options: ChaosOptions; fateOf(delivery: Delivery): Fate };

const PROBABILITIES = ['duplicate', 'reorder', 'delay', 'drop', 'slow'] as const;
const NUMBERS = ['delaySeconds', 'slowMs'] as const;
const MOST_BEHIND = 8;

/** Makes chaos of these proportions. Throws for an option that does not exist or a value that cannot be. */
export function createChaos(options: ChaosOptions): Chaos {
  check(options);
  const { seed, delaySeconds = 600, slowMs = 100 } = options;
  const source = random(seed);
  const happens = (name: (typeof PROBABILITIES)[number]) => source.next() < (options[name] ?? 0);
  const upTo = (most: number) => 1 + Math.floor(source.next() * most);
  return {
    options,
    fateOf({ attempts }) {
      // As many draws each time, whatever comes of them: one option does not change what another one does.
      const [delay, behind, slow, answered] = [
        upTo(delaySeconds),
        upTo(MOST_BEHIND),
        upTo(slowMs),
        source.next() < 0.5,
      ];
      const fate = Object.fromEntries(PROBABILITIES.map((name) => [name, happens(name)]));
      // A delivery is held up once, and its last attempt is never lost: whatever happens, every event arrives.
      const last = attempts.filter(({ chaos }) => chaos !== 'duplicate').length >= RETRY_STEPS.length;
      return {
        duplicate: fate['duplicate']!,
        behind: fate['reorder'] ? behind : 0,
        delaySeconds: fate['delay'] && attempts.length === 0 ? delay : 0,
        drop: fate['drop'] && !last ? (answered ? 'drop_answer' : 'drop_request') : undefined,
        slowMs: fate['slow'] ? slow : 0,
      };
    },
  };
}

function check(options: ChaosOptions) {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const probability = (PROBABILITIES as readonly string[]).includes(name);
    if (!probability && !(NUMBERS as readonly string[]).includes(name) && name !== 'seed')
      throw new PaybellError(
        'bad_option',
        `Chaos knows no '${name}': use ${[...PROBABILITIES, ...NUMBERS, 'seed'].join(', ')}.`,
      );
    if (name === 'seed' ? typeof value !== 'string' : typeof value !== 'number' || !(value >= 0))
      throw new PaybellError('bad_option', `${name} is ${name === 'seed' ? 'a text' : 'a number, and not negative'}.`);
    if (probability && (value as number) > 1)
      throw new PaybellError('bad_option', `${name} is a probability: between 0 and 1.`);
  }
}
