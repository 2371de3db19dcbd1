import type { Clock } from '../base/clock.ts';

/** How long the store may take to answer before this process counts as not ready, in milliseconds. */
const WITHIN = 2_000;

/** An answer of the store's; undefined when it fails, or takes too long. */
export async function inTime<Answer>(asked: Promise<Answer>, clock: Clock): Promise<Answer | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.after(WITHIN, () => resolve(undefined));
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  cancel();
  return answer;
}
