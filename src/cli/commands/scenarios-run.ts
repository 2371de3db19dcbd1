import { existsSync } from 'node:fs';
import { branchesOf, pathOf, scenarioOf, scenarios, type Run, type Scenario } from '../../scenarios/index.ts';
import { refusedTarget } from '../../emulator/delivery/target.ts';
import { playThroughReceiver, type MirrorCheck, type ReceivedRun } from '../../scenarios/receive.ts';
import { defineCommand, UsageError, type Invocation, type Output } from '../define.ts';
import { secretOf } from '../endpoint-secret.ts';
import { openStore, STORE_OPTION, storeOf } from '../open-store.ts';
import { playTo, type Arrival } from '../scenario-target.ts';

export const scenariosRun = defineCommand({
  name: 'scenarios run',
  about: 'Play a scenario on a local Stripe of its own, through a receiver, and show every event it fires.',
  words: ['[id]'],
  options: [
    { flags: '--era <name>', about: 'classic, current, or the name of a variant (default: every one it has)' },
    { flags: '--without <condition>', about: 'play the branch in which this condition does not hold' },
    { flags: '--branches', about: 'play every branch: all conditions, and without each of them' },
    { flags: '--all', about: 'play all scenarios' },
    { flags: '--to <url>', about: 'send the events to the receiver that listens there, in place of one of its own' },
    {
      flags: '--secret <whsec>',
      about: 'sign what goes to --to with this secret (default: that of `paybell dev` here)',
    },
    { ...STORE_OPTION, about: `the store of the receiver at --to, to look what became of them: ${STORE_OPTION.about}` },
    { flags: '--allow <host>', about: 'let the events go to this host as well (host:port)', many: true },
  ],
  async run({ words, options, out }) {
    if (!words[0] && !options['all']) throw new UsageError('Name a scenario (`paybell scenarios list`), or say --all.');
    const chosen = options['all'] ? scenarios : [scenarioOf(words[0]!)];
    if (options['to'] !== undefined) return sendAll(chosen, options, out);
    const runs: ReceivedRun[] = [];
    for (const scenario of chosen)
      for (const { path, without } of playsOf(scenario, options)) {
        const run = await playThroughReceiver(scenario, path, { without });
        runs.push(run);
        print(out, scenario, run);
        printMirror(out, run.mirror);
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

/** Plays them to a receiver that is already there. */
async function sendAll(chosen: readonly Scenario[], options: Invocation['options'], out: Output): Promise<number> {
  const url = String(options['to']);
  const refused = refusedTarget(url, options['allow'] as string[]);
  if (refused) throw new UsageError(`${refused}.`);
  const secret = secretOf(options);
  const looked = options['store'] !== undefined || existsSync(storeOf(options));
  await using store = looked ? await openStore(options, { to: 'look' }) : undefined;
  const runs: (Run & { arrival: Arrival })[] = [];
  for (const scenario of chosen)
    for (const { path, without } of playsOf(scenario, options)) {
      const run = await playTo({ url, secret, store }, scenario, path, without);
      runs.push(run);
      print(out, scenario, run);
      const { delivered, refused, mirror, unprocessed } = run.arrival;
      for (const answer of refused) out.line(`  ✗ ${answer}`);
      for (const event of unprocessed ?? []) out.line(`  ✗ ${event}`);
      out.line(`  ${refused.length ? '✗' : '✓'} ${delivered} deliveries answered 2xx`);
      if (mirror) printMirror(out, mirror);
    }
  if (!store) out.line('What became of them was not looked at: name the receiver’s store with --store.');
  const good = runs.every(
    ({ problems, arrival: { refused, mirror, unprocessed } }) =>
      problems.length === 0 && refused.length === 0 && !unprocessed?.length && mirror?.equal !== false,
  );
  out.data(runs.map(({ arrival, ...run }) => ({ ...brief(run), ...arrival })));
  return good ? 0 : 1;
}

function print(out: Output, scenario: Scenario, run: Run) {
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
}

function printMirror(out: Output, { equal, objects, differences }: MirrorCheck) {
  for (const difference of differences) out.line(`  ✗ mirror: ${difference}`);
  out.line(
    equal
      ? `  ✓ the mirror equals the truth of the event log: ${objects} objects`
      : '  ✗ the mirror differs from the truth',
  );
  out.line();
}

const indent = (code: string) => code.replaceAll(/^/gm, '      ');

const brief = ({ scenario, path, without, calls, events, problems }: Run) => ({
  scenario,
  era: path,
  without,
  calls,
  events,
  problems,
});

const shown = (run: ReceivedRun) => ({ ...brief(run), mirror: run.mirror });
