import { Command as Program, CommanderError } from 'commander';
import { PaybellError } from '../base/errors.ts';
import { commands } from './commands/index.ts';
import { UsageError, type Command, type Output } from './define.ts';
import { endWhenUnread } from './until-stopped.ts';
import { version } from './version.ts';

const USAGE = 2;

/** Runs the command line and says how it went: 0 good, 1 failed, 2 wrong usage. */
export async function main(args: string[]): Promise<number> {
  let code = 0;
  const program = new Program('paybell')
    .description('Stripe webhooks, end to end: receive them right, try them on a laptop, see what fires when.')
    .version(version())
    .exitOverride()
    .showHelpAfterError()
    .showSuggestionAfterError();
  for (const command of commands) add(program, command, (result) => (code = result));
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof UsageError) {
      console.error(`paybell: ${error.message}`);
      return USAGE;
    }
    console.error(`paybell: ${error instanceof PaybellError ? error.message : describe(error)}`);
    return 1;
  }
}

function add(program: Program, command: Command, done: (code: number) => void) {
  const names = command.name.split(' ');
  const name = names.pop()!;
  let parent = program;
  for (const group of names)
    parent =
      parent.commands.find((each) => each.name() === group) ??
      parent
        .command(group)
        .description(GROUPS[group] ?? '')
        .exitOverride()
        .showHelpAfterError();
  const made = parent.command(name).description(command.about).exitOverride().showHelpAfterError();
  for (const word of command.words ?? []) made.argument(word);
  for (const { flags, about, default: preset, many } of command.options ?? [])
    if (many) made.option(flags, about, (value: string, before: string[]) => [...before, value], [] as string[]);
    else made.option(flags, about, preset);
  made.option('--json', 'print one JSON value, for machines');
  made.action(async (...given: unknown[]) => {
    const options = made.opts<Record<string, string | boolean | string[] | undefined>>();
    const words = given
      .slice(0, command.words?.length ?? 0)
      .flat()
      .filter((word) => word !== undefined) as string[];
    // A command may wait for nothing but a timer that does not keep the process alive, and must still come to its end.
    const alive = setInterval(() => {}, 0x7fffffff);
    try {
      done((await command.run({ words, options, out: output(options['json'] === true) })) ?? 0);
    } finally {
      clearInterval(alive);
    }
  });
}

const GROUPS: Record<string, string> = {
  scenarios: 'What fires when: every scenario of the cheat sheet.',
  events: 'What was received, and what became of it.',
  endpoint: 'What Stripe should send, by your handlers.',
};

const output = (json: boolean): Output => ({
  json,
  line: (text = '') => void (json || console.log(text)),
  data: (value) => void (json && console.log(JSON.stringify(value, null, 2))),
});

const describe = (error: unknown) =>
  error instanceof Error ? (process.env['PAYBELL_DEBUG'] ? error.stack : error.message) : String(error);

endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
