import { expect, test } from 'vitest';
import type { PlayMessage, ScenarioDetails, ScenarioList } from '../../src/console/api/types.ts';
import { GROUPS } from '../../src/scenarios/define.ts';
import { scenarios } from '../../src/scenarios/index.ts';
import { testClock } from '../receiver/events.ts';
import { messages, openConsole, openWithStripe, type Opened } from './open.ts';

test('every scenario is in one group, the cheat sheet first and in its order', async () => {
  await using opened = openConsole();
  const { groups } = await opened.get<ScenarioList>('scenarios');
  expect(groups.map(({ name }) => name)).toEqual(['The cheat sheet', ...GROUPS]);
  expect(groups[0]!.scenarios.map(({ number }) => number)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  const ids = groups.flatMap(({ scenarios }) => scenarios.map(({ id }) => id));
  expect(ids.toSorted()).toEqual(scenarios.map(({ id }) => id).toSorted());
  const fails = groups[0]!.scenarios.find(({ id }) => id === 'renewal-fails')!;
  expect(fails.paths).toEqual(['classic', 'current']);
  expect(fails.types).toContain('customer.subscription.deleted');
});

test('a scenario is shown as it was played: steps, calls, and each event with what to do', async () => {
  await using opened = openConsole();
  const { paths, number } = await opened.get<ScenarioDetails>('scenarios/renewal-fails');
  expect(number).toBe(12);
  expect(paths.map(({ title, problems, without }) => ({ title, problems, without }))).toEqual([
    { title: 'The classic way', problems: [], without: null },
    { title: 'Today’s way', problems: [], without: null },
  ]);
  const { steps, events, setup, conditions } = paths[1]!;
  expect(steps.map(({ id, waited }) => [id, waited])).toEqual([
    ['t1', 60],
    ['t2', 3_600],
    ['t3', 86_400],
    ['t4', 86_400],
  ]);
  expect(steps.map(({ at }) => at - steps[0]!.at)).toEqual([0, 60, 3_660, 90_060]);
  expect(setup).toBeGreaterThan(0);
  expect(conditions.map(({ id }) => id)).toEqual(['planned']);
  const ended = events.find(({ event }) => event.type === 'customer.subscription.deleted')!;
  expect(ended).toMatchObject({ step: 't4', seconds: 86_400, offset: 176_460, do: 'handle', if: null });
  expect(ended.why).toContain('take access away');
  expect(ended.event['data']).toMatchObject({ object: { status: 'canceled' } });
  expect(events.at(-1)).toMatchObject({ if: 'planned', do: 'ignore' });

  const { paths: other } = await opened.get<ScenarioDetails>('scenarios/renewal-fails?without=planned');
  expect(other).toHaveLength(1);
  expect(other[0]).toMatchObject({ name: 'current', without: 'planned', problems: [] });
  expect(other[0]!.events).toHaveLength(events.length - 1);
});

test('the calls of a step are lines of SDK code', async () => {
  await using opened = openConsole();
  const { paths } = await opened.get<ScenarioDetails>('scenarios/refund');
  const calls = paths.flatMap(({ steps }) => steps.flatMap((step) => step.calls));
  expect(calls.map(({ sdk }) => sdk).join('\n')).toContain('stripe.refunds.create(');
  expect(calls.every(({ status }) => status === 200)).toBe(true);
});

test('what does not exist is named', async () => {
  await using opened = openWithStripe();
  expect((await opened.ask('/api/scenarios/nothing')).status).toBe(404);
  expect((await opened.ask('/api/scenarios/refund?without=luck')).status).toBe(404);
  const status = async (id: string, body: object) => (await opened.send('POST', `scenarios/${id}/play`, body)).status;
  expect(await status('nothing', { path: 'current' })).toBe(404);
  expect(await status('refund', { path: 'sideways' })).toBe(404);
  expect(await status('refund', { path: 'current', without: 'luck' })).toBe(400);
  expect(await status('refund', { path: 'current', pace: 2_001 })).toBe(400);
  expect(await status('refund', { path: 'current', speed: 1 })).toBe(400);
});

async function collected(answer: Response): Promise<PlayMessage[]> {
  const all: PlayMessage[] = [];
  for await (const message of messages<PlayMessage>(answer)) all.push(message);
  return all;
}

const played = async (opened: Pick<Opened, 'send'>, id: string, body: object): Promise<PlayMessage[]> =>
  collected(await opened.send('POST', `scenarios/${id}/play`, body));

test('a scenario is played into the receiver, and the mirror ends up equal', async () => {
  await using opened = openWithStripe();
  // What is there already is no part of it.
  await opened.deliver();
  await opened.receiver.start();
  const all = await played(opened, 'renewal-fails', { path: 'current', pace: 0 });
  const of = <Kind extends PlayMessage['kind']>(kind: Kind) =>
    all.filter((message): message is Extract<PlayMessage, { kind: Kind }> => message.kind === kind);
  expect(of('step').map(({ step }) => step)).toEqual(['t1', 't2', 't3', 't4']);
  const [ended] = of('ended');
  expect(ended).toMatchObject({ problems: [], mirror: { equal: true, differences: [] } });
  expect(ended!.mirror!.objects).toBeGreaterThan(10);

  const { paths } = await opened.get<ScenarioDetails>('scenarios/renewal-fails');
  const told = of('sent').filter(({ index }) => index !== null);
  expect(told.map(({ index }) => index)).toEqual(told.map((_, i) => i));
  expect(told.map(({ type }) => type)).toEqual(paths[1]!.events.map(({ event }) => event.type));
  expect(of('sent').length - told.length).toBe(paths[1]!.setup);
  expect(of('answered').every(({ status }) => status === 200)).toBe(true);
  const processed = new Map(of('processed').map(({ id, state }) => [id, state]));
  expect(of('sent').map(({ id }) => processed.get(id))).toEqual(of('sent').map(() => 'done'));
  // Again: with other ids, so that nothing is a duplicate.
  const again = await played(opened, 'renewal-fails', { path: 'current', without: 'planned', pace: 0 });
  expect(again.at(-1)).toMatchObject({ kind: 'ended', events: told.length - 1, mirror: { equal: true } });
  expect((await opened.receiver.status()).counters.duplicates).toBe(0);
});

test('one at a time, at the pace that was asked for; nobody waits for one that nobody watches', async () => {
  const clock = testClock();
  await using opened = openWithStripe({ clock });
  const received = async () => (await opened.receiver.status()).counters.received;
  const play = (pace: number) => opened.send('POST', 'scenarios/refund/play', { path: 'current', pace });
  const first = await play(2_000);
  expect((await play(0)).status).toBe(409);
  const moved = async () => {
    if ((await received()) === 0) clock.advance(2_000);
    return received();
  };
  await expect.poll(moved).toBeGreaterThan(0);
  // Another one waits for its time.
  const before = await received();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await received()).toBe(before);

  // `break` ends the reading, as a page that is closed does: the rest goes at once.
  for await (const message of messages<PlayMessage>(first)) if (message.kind === 'answered') break;
  await expect.poll(received, { timeout: 5_000 }).toBeGreaterThan(before + 3);
  const answers: Response[] = [];
  const free = async () => {
    clock.advance(100);
    answers.push(await play(0));
    return answers.at(-1)!.status;
  };
  await expect.poll(free).toBe(200);
  const ended = collected(answers.at(-1)!);
  await opened.receiver.start();
  await expect.poll(() => (clock.advance(100), Promise.race([ended, undefined]))).toBeDefined();
  expect((await ended).at(-1)).toMatchObject({ kind: 'ended', mirror: { equal: true } });
});

test('without a secret nothing is played', async () => {
  await using opened = openConsole();
  const answer = await opened.send('POST', 'scenarios/refund/play', { path: 'current', pace: 0 });
  expect(answer.status).toBe(409);
  expect(await answer.text()).toContain('paybell dev');
  expect(await opened.get('session')).toMatchObject({ canPlay: false, stripe: null });
});
