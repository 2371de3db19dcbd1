import { PaybellError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { createEmulator, parseSpan, type EmulatorOptions, type Truth } from '../emulator/index.ts';
import { connect } from './connect.ts';
import type { Path, Scenario, Stage } from './define.ts';
import { record, type RecordedCall } from './recorder.ts';

/** An event of a run, with the step that caused it and the seconds since that step began. */
export type PlayedEvent = { step: string; seconds: number; event: JsonObject & { type: string; id: string } };

/** What came of playing a path of a scenario once. */
export type Run = {
  scenario: string;
  path: string;
  /** The condition that did not hold in this run, if any. */
  without: string | null;
  calls: RecordedCall[];
  /** Each step as it ran: when it began and how far the clock moved in it, in seconds of the world. */
  steps: { step: string; at: number; waited: number }[];
  /** What fired before its first step and between them: what had to be there. */
  setup: PlayedEvent['event'][];
  events: PlayedEvent[];
  /** How what fired differs from what the scenario says; empty when it does not. */
  problems: string[];
  /** For every object, the last event about it: what a mirror must end up with. */
  truth: Truth[];
};

/** A run as it goes on. */
export type Progress = {
  /** The step that just began. */
  step: string;
  /** An event's place among those that the steps have fired; null for what had to be there before. */
  placeOf(event: string): number | null;
};

export type PlayOptions = Pick<EmulatorOptions, 'webhooks' | 'check' | 'allow' | 'timeoutMs'> & {
  without?: string | null;
  /** Called before the world is gone, with every event delivered: to look at what a receiver made of it. */
  settled?: () => Promise<void>;
  /** Called as each step begins; what it throws ends the run. */
  onStep?: (progress: Progress) => void;
  /** Sets ids apart from those of other runs. */
  seed?: string;
};

/** Where time begins in every run: 2026-01-15T10:00:00Z, so that runs can be compared. */
export const BEGINNING = 1_768_471_200;

/** Plays one path of a scenario in a world of its own and tells what fired. */
export async function play(scenario: Scenario, pathName: string, options: PlayOptions = {}): Promise<Run> {
  const path = pathOf(scenario, pathName);
  const { without = null, settled, onStep, seed = '', ...emulatorOptions } = options;
  await using emulator = createEmulator({
    seed: `${scenario.id} ${pathName} ${seed}`,
    frozenAt: BEGINNING,
    ...emulatorOptions,
  });
  const key = `sk_test_${scenario.id}-${pathName}`;
  const { act, world, time, settled: quiet, dashboard } = emulator.open(key);
  let current = '';
  const { fetch, calls } = record(emulator.fetch, () => current);
  const stripe = await connect(fetch, key);
  const events: PlayedEvent[] = [];
  const steps: Run['steps'] = [];
  // Where in the log each step's events begin; those of one that still runs have no end.
  const spans: { from: number; to: number }[] = [];
  const placeOf = (id: string): number | null => {
    const at = world.log.all.findIndex(({ event }) => event.id === id);
    let place = 0;
    for (const { from, to } of spans) {
      if (at >= from && at < to) return place + at - from;
      place += Math.min(to, world.log.all.length) - from;
    }
    return null;
  };

  const stage: Stage = {
    stripe,
    act: (what) => void act(what),
    dashboard: (settings) => void dashboard(settings),
    holds: (condition) => condition !== without,
    wait: (span) => time.advance(parseSpan(span, world.clock.now())),
    async step(id, run) {
      if (!(id in path.steps)) throw new Error(`${scenario.id}/${pathName} has no step ${id}`);
      current = id;
      const began = world.clock.now();
      const from = world.log.all.length;
      const span = { from, to: Infinity };
      spans.push(span);
      onStep?.({ step: id, placeOf });
      try {
        return await run();
      } finally {
        await quiet();
        span.to = world.log.all.length;
        steps.push({ step: id, at: began, waited: world.clock.now() - began });
        for (const { event } of world.log.all.slice(from))
          events.push({ step: id, seconds: event.created - began, event: event as PlayedEvent['event'] });
      }
    },
  };
  await path.run(stage);
  await settled?.();
  const caused = new Set(events.map(({ event }) => event.id));
  const all = world.log.all.map(({ event }) => event as PlayedEvent['event']);
  return {
    scenario: scenario.id,
    path: pathName,
    without,
    calls,
    steps,
    setup: all.filter(({ id }) => !caused.has(id)),
    events,
    problems: problemsOf(path, events, without),
    truth: world.log.truth(),
  };
}

/** Every way to run a path: with all its conditions, and without each of them in turn. */
export const branchesOf = (path: Path): (string | null)[] => [null, ...Object.keys(path.conditions ?? {})];

export function pathOf(scenario: Scenario, name: string): Path {
  const path = scenario.paths[name];
  if (path) return path;
  const known = Object.keys(scenario.paths).join(', ');
  throw new PaybellError('unknown_scenario', `${scenario.id} has no path '${name}'; it has ${known}.`);
}

/** Where what fired departs from what the scenario declares: presence, order and cause. */
function problemsOf({ fires }: Path, events: PlayedEvent[], without: string | null): string[] {
  const expected = fires.filter((fire) => fire.if === undefined || fire.if !== without);
  const problems: string[] = [];
  for (let i = 0; i < Math.max(expected.length, events.length); i++) {
    const wanted = expected[i] && `${expected[i]!.type} (${expected[i]!.step})`;
    const got = events[i] && `${events[i]!.event.type} (${events[i]!.step})`;
    if (wanted !== got)
      problems.push(`event ${i + 1}: ${got ?? 'nothing'} fired, where ${wanted ?? 'nothing'} was expected`);
  }
  return problems;
}
