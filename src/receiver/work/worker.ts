import type { ClaimedLane, Reopened } from '../../store/store.ts';
import type { Counters } from '../counters.ts';
import { grouped } from '../group.ts';
import type { Registry } from '../handlers.ts';
import type { Settings } from '../options.ts';
import type { Hands } from '../shortcut.ts';
import { isDead, living, ownerName } from '../owner.ts';
import { givingBack } from './giving-back.ts';
import { workLane } from './lane.ts';
import { limited } from './limit.ts';
import { reruns, type Rerun } from './rerun.ts';
import { settler } from './settler.ts';
import { LOST, type Tools } from './tools.ts';
import { verifyLane } from './verify-lane.ts';

/** What claims lanes and works on them. */
export interface Worker {
  /** Begins to work by itself. */
  start(): Promise<void>;
  /** Something new may be due. */
  wake(): void;
  /** Works until nothing is due any more; what is to be retried later is left. */
  drain(): Promise<void>;
  /** Waits until the started worker has nothing due and nothing in hand. */
  idle(): Promise<void>;
  /** Takes nothing on any more, and waits up to `grace` milliseconds for what is in hand. */
  close(grace: number): Promise<void>;
  /**
   * Makes handlers run again for these events, here and now, and waits for them; tells what became of each event.
   * Undefined, and nothing done, once it is closing.
   */
  rerun(asked: Rerun): Promise<Reopened[] | undefined>;
  /** For events whose work begins with the commit that stores them. */
  readonly hands: Hands;
  readonly running: boolean;
  /** It takes nothing on any more. */
  readonly closing: boolean;
  /** Lanes in hand. */
  readonly busy: number;
}

/**
 * While so many deliveries share a commit that the store can hardly keep up, answers come first: work is taken on in
 * small portions, one in so many milliseconds, for each keeps deliveries waiting for its own commits. Where there is
 * time between deliveries, groups are smaller, and work goes on as ever.
 */
const UNDER_CROWD = { portion: 50, every: 500 };
/**
 * How many milliseconds the results of work wait for each other under a crowd, where commits do not stop everything else:
 * in the commits of a database with several connections as many deliveries come in two groups, and one commit for the
 * results of both was measured to be 7 % more of everything. Not by the clock, which need not go on by itself.
 */
const GATHER = 8;
/** How long after the last large commit it says nothing of what comes, in milliseconds. */
const CALM = 100;

/** The part of a grace period after which handlers are told; in the rest, those that listen can end and be recorded. */
const UNTIL_SIGNAL = 0.8;

/** Stripe's limits are 25 to 100 requests a second; a verification takes about a tenth of one. */
const API_PLACES = 8;

/** `crowdedAt` tells when so many deliveries came last. */
export function createWorker<Tx>(
  settings: Settings<Tx>,
  registry: Registry<Tx>,
  counts: Counters,
  crowdedAt: () => number,
): Worker {
  const { store, clock, concurrency, lease, poll, onProblem } = settings;
  const owner = ownerName();
  const inHand = new Map<string, Promise<void>>();
  let stop = new AbortController();
  let running = false;
  let closing = false;
  /** It was closed, whatever is still in hand. */
  let gone = false;
  let claims = 0;
  /** Places of events that are being stored. */
  let promised = 0;
  let claimedAt = -Infinity;
  let claiming: Promise<number> | undefined;
  let scheduled = false;
  let cancelSleep = () => {};
  let unwatch = () => {};
  let tookOver: Promise<void> | undefined;
  let cancelHeartbeat: (() => void) | undefined;
  let renewed = 0;

  const settle = settler(settings, {
    closing: () => closing,
    pause: () => (!store.blocks && !closing && isCrowded() ? GATHER : 0),
  });
  const ending = new Set<string>();
  const judgeGroup = grouped<Parameters<Tools<Tx>['judge']>[0], void>(async (verdicts) => {
    await store.judge(verdicts);
    return verdicts.map(() => undefined);
  });
  const askApi = limited(API_PLACES);
  const left = Promise.withResolvers<void>();
  const again = reruns(store, {
    leaseNow() {
      const now = clock.now();
      claims += 1;
      if (inHand.size === 0) renewed = now;
      return { owner, lease: claims, now, until: now + lease };
    },
    take: (lane, given) => take(lane, { given: { ...tools, ...given } }),
    closing: () => closing,
  });
  const back = givingBack(settings, owner);
  let tools = toolsUntil(stop);

  /** What is done but for its commit takes no place of what is to be worked on, as long as that is not too much. */
  const free = (): number => concurrency - promised - inHand.size + Math.min(ending.size, concurrency);

  /** What work on lanes needs, for all that are taken until their leases are lost. */
  function toolsUntil({ signal }: AbortController): Tools<Tx> {
    return {
      settings,
      registry,
      counts,
      owner,
      signal,
      closing: () => closing || signal.aborted,
      settle(result) {
        if (result.release) ending.add(result.lane);
        return settle(result);
      },
      judge: judgeGroup,
      askApi,
    };
  }

  /** Claims what is due, up to the free places. One at a time: claims would only compete with each other. */
  async function claim(limit = free()): Promise<number> {
    if (claiming) return claiming;
    if (limit <= 0 || closing) return 0;
    claiming = (async () => {
      const now = clock.now();
      claimedAt = now;
      claims += 1;
      await back.giveBack();
      const lanes = await store.claim({ owner, lease: claims, now, until: now + lease, limit });
      if (inHand.size === 0) renewed = now;
      for (const lane of lanes) void take(lane);
      return lanes.length;
    })();
    try {
      return await claiming;
    } finally {
      claiming = undefined;
    }
  }

  function take(claimed: ClaimedLane, { given = tools, begin }: Taking<Tx> = {}): Promise<void> {
    back.taken(claimed.lane);
    const ended = work(claimed, given, begin);
    inHand.set(claimed.lane, ended);
    beat();
    return ended;
  }

  /** Ends after it has returned, so that the lane is in hand by then. */
  async function work(claimed: ClaimedLane, given: Tools<Tx>, begin?: Promise<void>): Promise<void> {
    const { lane, events } = claimed;
    try {
      await begin;
      await (events[0]?.valid === true ? workLane(claimed, given) : verifyLane(claimed, given));
      back.succeeded(lane);
    } catch (error) {
      if (error !== LOST) {
        onProblem(`work on ${lane} failed`, error);
        back.failed(lane);
      }
    } finally {
      ending.delete(lane);
      inHand.delete(lane);
      wake();
    }
  }

  function wake(): void {
    if (!running || scheduled || closing) return;
    scheduled = true;
    setImmediate(async () => {
      scheduled = false;
      await look();
    });
  }

  async function look(anyway = false): Promise<void> {
    if (!running || closing) return;
    cancelSleep();
    const crowded = !anyway && isCrowded();
    if (crowded && isWithin(UNDER_CROWD.every, claimedAt)) return giveWay();
    let wait = poll;
    try {
      const limit = Math.min(free(), crowded ? UNDER_CROWD.portion : Infinity);
      const claimed = await claim(limit);
      if (claimed > 0 && claimed === limit) return crowded ? giveWay() : wake();
      const due = await store.nextDue();
      if (due !== undefined) wait = Math.min(poll, Math.max(1, due - clock.now()));
    } catch (error) {
      onProblem('the store did not answer', error);
    }
    if (!closing) cancelSleep = clock.after(wait, wake);
  }

  function isCrowded(): boolean {
    return isWithin(CALM, crowdedAt());
  }

  /** Also when the clock was set back meanwhile, which must not stop the work for as long. */
  function isWithin(ms: number, at: number): boolean {
    return Math.abs(clock.now() - at) < ms;
  }

  /** Takes over, when it begins, from processes of this machine that are gone: their leases need not run out. */
  function takeOver(): Promise<void> {
    living.add(owner);
    return (tookOver ??= (async () => {
      try {
        for (const other of await store.owners()) if (isDead(other, owner)) await store.abandon(other, clock.now());
      } catch (error) {
        tookOver = undefined;
        throw error;
      }
    })());
  }

  function leave(): void {
    stop.abort(new Error('The receiver is closing.'));
  }

  function giveWay(): void {
    if (!closing) cancelSleep = clock.after(CALM, wake);
  }

  /** Keeps the leases of what is in hand. When that has not worked for a whole lease, they are lost. */
  function beat(): void {
    cancelHeartbeat ??= clock.after(lease / 3, async () => {
      cancelHeartbeat = undefined;
      if (inHand.size === 0) return;
      if (clock.now() - renewed > lease) {
        stop.abort(new Error('The lease on this object was lost.'));
        stop = new AbortController();
        tools = toolsUntil(stop);
      }
      try {
        const now = clock.now();
        await store.renew(owner, [...inHand.keys()], now + lease);
        renewed = now;
      } catch (error) {
        onProblem('leases could not be renewed', error);
      }
      beat();
    });
  }

  const hands: Hands = {
    turn() {
      if (!running || closing) return undefined;
      const now = clock.now();
      let mine = 0;
      claims += 1;
      if (inHand.size === 0) renewed = now;
      return {
        lease: { owner, lease: claims, until: now + lease },
        step(type) {
          // What is to be masked when it is done goes through the worker.
          if (registry.of(type).length === 0 && !settings.redact) return 'finish';
          if (free() <= 0) return undefined;
          mine += 1;
          promised += 1;
          return 'work';
        },
        end(taken) {
          promised -= mine;
          if (taken.length === 0) return;
          // The answers first: nothing of the user's runs before they are on their way.
          const answered = turn();
          for (const lane of taken) void take(lane, { begin: answered });
        },
      };
    },
  };

  return {
    hands,
    async start() {
      if (running || closing) return;
      await takeOver();
      // Somebody else may have started or closed it meanwhile.
      if (running || closing) return;
      running = true;
      unwatch = store.watch?.(wake) ?? unwatch;
      wake();
    },
    wake,
    async drain() {
      await takeOver();
      for (;;) {
        const claimed = await claim();
        if (closing || (claimed === 0 && inHand.size === 0)) return;
        // One turn more than the work itself: what it woke is due by then.
        if (inHand.size > 0) await Promise.race([...inHand.values(), left.promise]);
      }
    },
    async rerun(asked) {
      if (closing) return undefined;
      await takeOver();
      const rerunning = await again.add(asked);
      if (!rerunning) return undefined;
      await Promise.race([Promise.all(rerunning.ended), left.promise]);
      return rerunning.outcomes;
    },
    async idle() {
      for (;;) {
        if (claiming) await claiming.catch(() => {});
        if (gone) return;
        if (inHand.size > 0) await Promise.race([...inHand.values(), left.promise]);
        else if (!running || closing || ((await store.nextDue()) ?? Infinity) > clock.now()) {
          if (inHand.size === 0 && !claiming && !scheduled) return;
          await turn();
        } else {
          await look(true);
          await turn();
        }
      }
    },
    async close(grace) {
      closing = true;
      cancelSleep();
      unwatch();
      if (claiming) await claiming.catch(() => {});
      await again.settled();
      if (inHand.size > 0) {
        const { promise: tooLong, resolve } = Promise.withResolvers<void>();
        const cancels = [clock.after(grace * UNTIL_SIGNAL, leave), clock.after(grace, resolve)];
        await Promise.race([Promise.all(inHand.values()), tooLong]);
        for (const cancel of cancels) cancel();
      }
      leave();
      cancelHeartbeat?.();
      running = false;
      gone = true;
      living.delete(owner);
      left.resolve();
    },
    get running() {
      return running;
    },
    get closing() {
      return closing;
    },
    get busy() {
      return inHand.size;
    },
  };
}

/** How a lane is worked on: with other tools than usual, or only once something has come. */
interface Taking<Tx> {
  given?: Tools<Tx>;
  begin?: Promise<void> | undefined;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
