import { callable, check, checkValue, count, flag, maybe, oneOf, text, type Checks } from '../base/check.ts';
import { PaybellError } from '../base/errors.ts';
import { closest, isPattern, matches } from '../stripe/index.ts';
import { COPY } from './mirror/fact.ts';
import type { Context, HandlerOptions } from './context.ts';

/** A handler as the worker sees it. */
export interface Registered<Tx> extends Required<Omit<HandlerOptions, 'attempts'>> {
  pattern: string;
  attempts: number | undefined;
  run: (context: Context<never, Tx>) => unknown;
}

/** The handlers of one receiver, in the order in which they were added. */
export interface Registry<Tx> {
  add(pattern: string, run: Registered<Tx>['run'], options?: HandlerOptions): void;
  /** Those whose pattern covers a type. */
  of(type: string): readonly Registered<Tx>[];
  readonly all: readonly Registered<Tx>[];
  has(name: string): boolean;
}

const OPTIONS: Checks<HandlerOptions> = {
  name: maybe(text),
  attempts: maybe(count),
  onDead: maybe(oneOf('release', 'hold')),
  repeats: maybe(flag),
};

export function createRegistry<Tx>(): Registry<Tx> {
  const all: Registered<Tx>[] = [];
  const names = new Set<string>();
  let byType = new Map<string, readonly Registered<Tx>[]>();
  return {
    add(pattern, run, options = {}) {
      if (typeof pattern !== 'string')
        throw new PaybellError('bad_pattern', 'It was no text: one pattern for each `on`.');
      checkValue(`the handler of ${pattern}`, callable, run);
      check(`the handler of ${pattern}`, OPTIONS, options);
      const { name, attempts, onDead = 'release', repeats = false } = options;
      if (!isPattern(pattern)) throw new PaybellError('bad_pattern', unknown(pattern));
      if (name !== undefined && names.has(name))
        throw new PaybellError('bad_option', `Two handlers are named ${JSON.stringify(name)}.`);
      const own = name ?? unused(pattern, names);
      all.push({ name: own, pattern, attempts, onDead, repeats, run });
      names.add(own);
      byType = new Map();
    },
    of(type) {
      let handlers = byType.get(type);
      if (!handlers) {
        handlers = type === COPY ? [] : all.filter(({ pattern }) => matches(pattern, type));
        byType.set(type, handlers);
      }
      return handlers;
    },
    all,
    has: (name) => names.has(name),
  };
}

function unused(pattern: string, taken: ReadonlySet<string>): string {
  let name = pattern;
  for (let number = 2; taken.has(name); number += 1) name = `${pattern}#${number}`;
  return name;
}

function unknown(pattern: string): string {
  const near = closest(pattern);
  return near ? `It was ${pattern}; did you mean ${near}?` : `It was ${pattern}.`;
}
