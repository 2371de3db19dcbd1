import { spinner } from '@clack/prompts';
import type { BackfilledObject } from '../receiver/index.ts';
import type { Output } from './define.ts';

/** Shows how far a backfill is: a spinner that counts on a terminal, a line for each list elsewhere. */
export function backfillProgress(out: Output): { show(one: BackfilledObject): void; stop(): void } {
  let current: { object: string; turning: ReturnType<typeof spinner> } | undefined;
  const isTerminal = process.stdout.isTTY === true && !out.json;
  // While it turns, a spinner reads the keyboard itself, and ends the process at once on Ctrl-C, as if all were well.
  // Each page is stored before its place is noted, so that nothing is lost by it.
  const interrupted = () => {
    process.exitCode = 1;
    console.log('\nNot complete: the same command goes on where it stopped.');
  };
  if (isTerminal) process.once('exit', interrupted);
  return {
    show(one) {
      const over = one.done || one.error !== null;
      if (!isTerminal) {
        if (over) out.line(backfillLine(one));
        return;
      }
      if (current?.object !== one.object) current = { object: one.object, turning: spinner() };
      if (one.pages === 1) current.turning.start(backfillLine(one));
      current.turning.message(backfillLine(one));
      if (!over) return;
      if (one.error === null) current.turning.stop(backfillLine(one));
      else current.turning.error(backfillLine(one));
      current = undefined;
    },
    stop() {
      process.off('exit', interrupted);
      current?.turning.stop();
    },
  };
}

function backfillLine({ object, listed, resumed, error }: BackfilledObject): string {
  const text = `${object}  ${listed} listed${resumed ? ', resumed' : ''}`;
  return error === null ? text : `${text}  ! ${error}`;
}
