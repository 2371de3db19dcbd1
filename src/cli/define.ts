/** One option of a command, in commander's notation (`--port <n>`). */
export type OptionSpec = { flags: string; about: string; default?: string | boolean; many?: true };

/** What a command gets: its words, its options, and where its output goes. */
export type Invocation = {
  words: string[];
  options: Record<string, string | boolean | string[] | undefined>;
  out: Output;
};

/** Where a command writes: people read lines, machines one JSON value. */
export type Output = {
  readonly json: boolean;
  /** A line for people; silent with `--json`. */
  line(text?: string): void;
  /** The answer for machines; silent without `--json`. */
  data(value: unknown): void;
};

export type Command = {
  /** `scenarios run` makes `run` a command of the group `scenarios`. */
  name: string;
  about: string;
  /** Words, in commander's notation: `<id>` must be there, `[id]` may. */
  words?: string[];
  options?: OptionSpec[];
  /** Resolves to the exit code: 0 when nothing is returned. */
  run(invocation: Invocation): Promise<number | void>;
};

/** Declares a command. To add one: write its file, and name it in `commands/index.ts`. */
export const defineCommand = (command: Command): Command => command;

/** A wrong use of a command: exit code 2 and how to do it right. */
export class UsageError extends Error {}

/** The number an option holds; complains about anything else. */
export function numberOption(options: Invocation['options'], name: string): number {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < 0)
    throw new UsageError(`--${name} takes a whole number, not '${String(options[name])}'.`);
  return value;
}

/** Where to listen: 0 for any port that is free. */
export function portOption(options: Invocation['options'], name: string): number {
  const port = numberOption(options, name);
  if (port > 65_535) throw new UsageError(`A port is at most 65535, not ${port}.`);
  return port;
}
