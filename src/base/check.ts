import { PaybellError } from './errors.ts';
import { nearest } from './nearest.ts';

/** What is wrong with a value, and where in it: `says` follows the path. */
type Problem = { path: readonly (string | number)[]; says: string };
/** Looks at a value; undefined when nothing is wrong with it. */
export type Check = (value: unknown) => Problem | undefined;
/** A check for every option of an interface: one too few, or one that does not exist, does not compile. */
export type Checks<Options> = { [Name in keyof Required<Options>]: Check };

/**
 * Throws `bad_option`, naming what is wrong with the options that somebody gave to `to` (`createReceiver`): one that does
 * not exist, or a value that cannot work. Types say so too, but not to values that come from the environment.
 */
export const check = (to: string, options: Readonly<Record<string, Check>>, given: unknown): void =>
  checkValue(to, group(options), given);

/** The same for one value with a name of its own. */
export function checkValue(name: string, one: Check, given: unknown): void {
  const problem = one(given);
  if (!problem) return;
  const path = problem.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  throw new PaybellError('bad_option', `${path.replace(/^\./, '') || name} ${problem.says}`);
}

/** What `holds` says yes to; `what` ends the sentence `stripe is 3; it must be …`. */
export const such =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? undefined : { path: [], says: `is ${shown(value)}; it must be ${what}.` };

/** Options together: at the top, or one option that is a group of them. */
export const group =
  (options: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const known = Object.keys(options);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { path: [], says: `takes an object with ${listed(known)}; this was ${shown(value)}.` };
    for (const [name, one] of Object.entries(options)) {
      const problem = one((value as Record<string, unknown>)[name]);
      if (problem) return { ...problem, path: [name, ...problem.path] };
    }
    const unknown = Object.keys(value).find((name) => !Object.hasOwn(options, name));
    if (unknown === undefined) return undefined;
    const near = nearest(unknown, known);
    const hint = near ? `did you mean ${near}?` : `it has ${listed(known)}.`;
    return { path: [], says: `has no option ${unknown}; ${hint}` };
  };

export const list =
  (one: Check, { least = 0 } = {}): Check =>
  (value) => {
    if (!Array.isArray(value) || value.length < least)
      return { path: [], says: `is ${shown(value)}; it must be a list${least > 0 ? ` of at least ${least}` : ''}.` };
    for (const [index, item] of value.entries()) {
      const problem = one(item);
      if (problem) return { ...problem, path: [index, ...problem.path] };
    }
    return undefined;
  };

/** An option that may be missing. */
export const maybe =
  (one: Check): Check =>
  (value) =>
    value === undefined ? undefined : one(value);

/** What one of several checks says yes to. */
export const any = (what: string, ...checks: Check[]): Check =>
  such(what, (value) => checks.some((one) => one(value) === undefined));
/** One check or another, so that the message is about the kind that was meant. */
export const chosen =
  (choose: (value: unknown) => Check): Check =>
  (value) =>
    choose(value)(value);
export const oneOf = (...values: readonly (string | boolean)[]): Check =>
  such(listed(values.map((value) => JSON.stringify(value))), (value) => values.some((one) => one === value));

export const anything: Check = () => undefined;
export const flag = such('true or false', (value) => typeof value === 'boolean');
export const callable = such('a function', (value) => typeof value === 'function');
export const anyText = such('a text', (value) => typeof value === 'string');
export const text = such('a text that is not empty', (value) => typeof value === 'string' && value !== '');
export const texts = list(anyText);
export const textOrTexts = any('a text, or a list of them', text, texts);
export const count = such('a whole number above 0', (value) => Number.isSafeInteger(value) && Number(value) > 0);
export const milliseconds = such(
  'a number of milliseconds, and not negative',
  (value) => Number.isFinite(value) && Number(value) >= 0,
);
/** A moment, in milliseconds since the epoch; what looks like seconds would mean 1970. */
export const moment = such(
  'a time in milliseconds since the epoch',
  (value) => Number.isFinite(value) && (Number(value) < 1 || Number(value) > 1e11),
);
export const abortSignal = such('an AbortSignal', (value) => value instanceof AbortSignal);

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`;

/** A value as a message shows it: numbers and short words as they are, but nothing that may be a key or a secret. */
function shown(value: unknown): string {
  if (typeof value === 'string')
    return /^[a-z]{2,5}_/.test(value) || value.length > 40 ? 'another text' : JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return value instanceof Promise ? 'a promise, to be awaited first' : 'an object';
}
