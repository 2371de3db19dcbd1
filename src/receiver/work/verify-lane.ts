import type { ClaimedLane, Verdict } from '../../store/store.ts';
import { backoff } from '../backoff.ts';
import { isDeauthorized } from '../api/fetch-object.ts';
import { askApi, type Finding } from '../verify/api.ts';
import { isAboutAccess } from './account-mark.ts';
import type { Tools } from './tools.ts';

/** How long an event waits for the API to answer, in milliseconds: as long as Stripe itself retries. */
const GIVE_UP = 3 * 86_400_000;
/** The waits between: two seconds at first, an hour at most. */
const WAITS = { base: 2_000, cap: 3_600_000 };

/** Asks the API about an event that is not proven yet, and commits what it says. */
export async function verifyLane<Tx>(lane: ClaimedLane, tools: Tools<Tx>): Promise<void> {
  const { settings, owner } = tools;
  const { stripe, clock, random } = settings;
  const event = lane.events[0]!;
  const finding = await find();

  const now = clock.now();
  const attempts = event.attempts + 1;
  const claim = { seq: event.seq, lane: lane.lane, owner, lease: lane.lease, now, attempts };
  await tools.judge({ ...claim, ...verdict() });

  async function find(): Promise<Finding> {
    if (!stripe) return { valid: null, reason: 'this process has no `stripe` to ask' };
    if (!isAboutAccess(event.type) && (await isDeauthorized(settings.store, event.account)))
      return { valid: null, reason: 'the account withdrew its access and cannot be asked' };
    return tools.askApi(() => askApi(event, stripe));
  }

  function verdict(): Pick<Verdict, 'valid' | 'reason' | 'state' | 'readyAt' | 'verified' | 'envelope'> {
    const { valid, reason } = finding;
    if (finding.valid === true) {
      const { copy, envelope } = finding;
      return { valid, reason, state: 'pending', readyAt: now, verified: copy, envelope };
    }
    if (finding.valid === false) return { valid, reason, state: 'refused', readyAt: null, verified: null };
    if (now - event.receivedAt >= GIVE_UP) return { valid, reason, state: 'dead', readyAt: null, verified: null };
    const readyAt = now + backoff(attempts, WAITS, random);
    return { valid, reason, state: 'pending', readyAt, verified: null };
  }
}
