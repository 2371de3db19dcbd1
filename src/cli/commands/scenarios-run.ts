import { branchesOf, pathOf, scenarioOf, scenarios, type Run, type Scenario } from '../../scenarios/index.ts';
import { playThroughReceiver, type ReceivedRun } from '../../scenarios/receive.ts';
import { defineCommand, UsageError, type Output } from '../define.ts';

export const scenariosRun = defineCommand({
  name: 'scenarios run',
  about: 'Play a scenario on a local Stripe of its own, through a receiver, and show every event it fires.',
  words: ['[id]'],
  options: [
    { flags: '--era <name>', about: 'classic, current, or the name of a variant (default: every one it has)' },
    { flags: '--without <condition>', about: 'play the branch in which this condition does not hold' },
    { flags: '--branches', about: 'play every branch: all conditions, and without each of them' },
    { flags: '--all', about: 'play all scenarios' },
  ],
  async run({ words, options, out }) {
    if (!words[0] && !options['all']) throw new UsageError('Name a scenario (`paybell scenarios list`), or say --all.');
    const chosen = options['all'] ? scenarios : [scenarioOf(words[0]!)];
    const runs: ReceivedRun[] = [];
    for (const scenario of chosen)
      for (const { path, without } of playsOf(scenario, options)) {
        const run = await playThroughReceiver(scenario, path, { without });
        runs.push(run);
        print(out, scenario, run);
      }
    const good = runs.every(({ problems, mirror }) => problems.length === 0 && mirror.equal);
    out.data(runs.length === 1 ? shown(runs[0]!) : runs.map(shown));
    return good ? 0 : 1;
  },
});

function playsOf(scenario: Scenario, options: Record<string, unknown>) {
  const named = options['era'] as string | undefined;
  const paths = named ? [named] : Object.keys(scenario.paths);
  return paths.flatMap((path) => {
    const known = pathOf(scenario, path);
    const without = options['without'] as string | undefined;
    if (without && !(without in (known.conditions ?? {})))
      throw new UsageError(`${scenario.id}/${path} has no condition '${without}'.`);
    if (without) return [{ path, without }];
    return (options['branches'] ? branchesOf(known) : [null]).map((branch) => ({ path, without: branch }));
  });
}

function print(out: Output, scenario: Scenario, run: ReceivedRun) {
  out.line(`${scenario.title} – ${run.path}${run.without ? ` (without ${run.without})` : ''}`);
  let step = '';
  for (const event of run.events) {
    if (event.step !== step) {
      step = event.step;
      out.line(`  ${step}  ${scenario.paths[run.path]!.steps[step]}`);
      for (const call of run.calls.filter((each) => each.step === step)) out.line(indent(call.sdk));
    }
    out.line(`      +${event.seconds}s  ${event.event.type}  ${event.event.id}`);
  }
  for (const problem of run.problems) out.line(`  ✗ ${problem}`);
  for (const difference of run.mirror.differences) out.line(`  ✗ mirror: ${difference}`);
  const { equal, objects } = run.mirror;
  out.line(
    equal
      ? `  ✓ the mirror equals the truth of the event log: ${objects} objects`
      : '  ✗ the mirror differs from the truth',
  );
  out.line();
}

const indent = (code: string) => code.replaceAll(/^/gm, '      ');

const shown = ({ scenario, path, without, calls, events, problems, mirror }: ReceivedRun & Run) => ({
  scenario,
  era: path,
  without,
  calls,
  events,
  problems,
  mirror,
});
