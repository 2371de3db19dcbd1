import { progress } from '@clack/prompts';
import type { Output } from './define.ts';
import { secondsShown } from './times.ts';

/** Shows on a terminal how far time has come on its way; silent elsewhere. */
export function advanceProgress(out: Output, from: number, target: number): { show(now: number): void; stop(): void } {
  if (process.stdout.isTTY !== true || out.json) return { show() {}, stop() {} };
  const bar = progress({ max: Math.max(1, target - from) });
  let shown = from;
  bar.start(secondsShown(from));
  return {
    show(now) {
      bar.advance(now - shown, secondsShown(now));
      shown = now;
    },
    stop: () => bar.stop(secondsShown(shown)),
  };
}
