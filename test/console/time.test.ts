import { expect, test } from 'vitest';
import type { CustomerMade, DeliveryLog, EventPage, TimeState } from '../../src/console/api/types.ts';
import { dueWords } from '../../src/console/due-words.ts';
import { resources } from '../../src/emulator/resources/index.ts';
import { KEY, openConsole, openWithStripe } from './open.ts';

const PLAN = { interval: 'month', amount: 2_000, trialDays: 0 };
type Advanced = { now: number; events: Record<string, number> };

test('a customer is subscribed, a month goes by, and the renewal arrives', async () => {
  await using opened = openWithStripe();
  await opened.receiver.start();
  const made = await opened.post<CustomerMade>('time/customers', { name: 'Jenny', card: 'good', plan: PLAN });
  expect(made.subscription).toMatchObject({ status: 'active' });
  const before = await opened.get<TimeState>('time');
  expect(before.frozen).toBe(false);
  expect(before.customers).toEqual([
    {
      id: made.id,
      name: 'Jenny',
      email: null,
      subscriptions: [
        { id: made.subscription!.id, status: 'active', price: '$20.00 a month', periodEnd: expect.any(Number) },
      ],
    },
  ]);
  const { periodEnd } = before.customers[0]!.subscriptions[0]!;
  const renewal = before.due.find(({ timer }) => timer === 'renew')!;
  expect(renewal).toMatchObject({ at: periodEnd, what: `Subscription ${made.subscription!.id} renews` });
  expect(before.due.map(({ at }) => at)).toEqual(before.due.map(({ at }) => at).toSorted((a, b) => a - b));

  const month = await opened.post<Advanced>('time/advance', { by: '1mo' });
  expect(month.events).toMatchObject({ 'invoice.created': 1 });
  const next = await opened.post<Advanced>('time/advance', { by: '1h' });
  expect(next.events).toMatchObject({ 'invoice.paid': 1, 'charge.succeeded': 1 });
  expect(next.now).toBe(month.now + 3_600);
  await opened.receiver.idle();
  const { items } = await opened.get<EventPage>('events?type=invoice.paid');
  expect(items).toHaveLength(2);
  expect(items[0]!.state).toBe('done');
});

test('to the next thing that happens, and to a moment', async () => {
  await using opened = openWithStripe();
  await opened.post('time/customers', { name: 'Jenny', card: 'good', plan: { ...PLAN, trialDays: 14 } });
  const { due, now } = await opened.get<TimeState>('time');
  const { now: then } = await opened.post<Advanced>('time/advance', { next: true });
  expect(then).toBe(due[0]!.at);
  expect((await opened.post<Advanced>('time/advance', { to: now + 20 * 86_400 })).now).toBe(now + 20 * 86_400);
  const wrong = [{}, { by: 'soon' }, { by: '6y' }, { to: 'x' }, { to: now }, { next: false }, { by: '1d', next: true }];
  for (const body of wrong) expect((await opened.send('POST', 'time/advance', body)).status).toBe(400);
});

test('a card that declines later pays first and fails at the renewal; one that needs its owner waits for it', async () => {
  await using opened = openWithStripe();
  const make = (card: string) => opened.post<CustomerMade>('time/customers', { name: card, card, plan: PLAN });
  expect((await make('declines_later')).subscription).toMatchObject({ status: 'active' });
  expect((await make('needs_authentication')).subscription).toMatchObject({ status: 'incomplete' });
  const plain = await opened.post<CustomerMade>('time/customers', { name: 'Rosen', card: 'declines_later' });
  expect(plain.subscription).toBeNull();
  await opened.post('time/advance', { by: '1mo 2h' });
  const { customers } = await opened.get<TimeState>('time');
  const states = Object.fromEntries(customers.map(({ name, subscriptions }) => [name, subscriptions[0]?.status]));
  expect(states).toEqual({ declines_later: 'past_due', needs_authentication: 'incomplete_expired', Rosen: undefined });
  // Both were subscribed to one price.
  const prices = opened.emulator.open(KEY).world.tables.of('', 'price');
  expect([...prices.rows()]).toHaveLength(1);
});

test('what no customer can be is refused, and nothing is made', async () => {
  await using opened = openWithStripe();
  for (const body of [
    { card: 'good' },
    { name: '', card: 'good' },
    { name: 'Jenny', card: 'stolen' },
    { name: 'Jenny', card: 'good', plan: { ...PLAN, amount: 1.5 } },
    { name: 'Jenny', card: 'good', plan: { ...PLAN, interval: 'week' } },
    { name: 'Jenny', card: 'good', plan: { interval: 'month' } },
    { name: 'Jenny', card: 'good', email: 'x' },
  ])
    expect((await opened.send('POST', 'time/customers', body)).status).toBe(400);
  expect((await opened.get<TimeState>('time')).customers).toEqual([]);
});

test('deliveries are logged, and sent again by hand', async () => {
  await using opened = openWithStripe();
  await opened.post('time/customers', { name: 'Jenny', card: 'good' });
  await opened.emulator.open(KEY).settled();
  const { items } = await opened.get<DeliveryLog>('time/deliveries?type=customer.created');
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    state: 'delivered',
    manual: false,
    attempts: [{ status: 200, error: null, chaos: null }],
  });
  const again = await opened.post<DeliveryLog['items'][number]>(`time/deliveries/${items[0]!.id}/resend`);
  expect(again).toMatchObject({ event: items[0]!.event, manual: true, state: 'delivered' });
  expect((await opened.receiver.status()).counters.duplicates).toBe(1);
  expect((await opened.send('POST', 'time/deliveries/wd_999/resend')).status).toBe(400);
  expect((await opened.ask('/api/time/deliveries?state=odd')).status).toBe(400);
});

test('snapshots are taken, restored and dropped; chaos and a frozen clock are switched', async () => {
  await using opened = openWithStripe();
  await opened.post('time/customers', { name: 'Jenny', card: 'good' });
  expect(await opened.post('time/snapshots', { name: 'before' })).toMatchObject({ name: 'before' });
  await opened.post('time/customers', { name: 'Rosen', card: 'good' });
  const names = async () => (await opened.get<TimeState>('time')).customers.map(({ name }) => name);
  expect(await names()).toEqual(['Rosen', 'Jenny']);
  await opened.emulator.open(KEY).settled();
  await opened.post('time/snapshots/before/restore');
  expect(await names()).toEqual(['Jenny']);
  expect((await opened.get<TimeState>('time')).snapshots).toMatchObject([{ name: 'before' }]);
  expect((await opened.send('DELETE', 'time/snapshots/before')).status).toBe(200);
  expect((await opened.get<TimeState>('time')).snapshots).toEqual([]);

  expect(await opened.post('time/chaos', { drop: 0.5 })).toEqual({ chaos: { drop: 0.5 } });
  expect((await opened.get<TimeState>('time')).chaos).toEqual({ drop: 0.5 });
  expect((await opened.send('POST', 'time/chaos', { drop: 2 })).status).toBe(400);
  expect(await opened.post('time/chaos', {})).toEqual({ chaos: null });
  expect(await opened.post('time/freeze', { frozen: true })).toMatchObject({ frozen: true });
  expect((await opened.get<TimeState>('time')).frozen).toBe(true);
});

test('without a local Stripe there is no time machine', async () => {
  await using opened = openConsole();
  expect(await opened.get('time')).toMatchObject({ error: { code: 'no_stripe' } });
  expect((await opened.send('POST', 'time/advance', { by: '1d' })).status).toBe(404);
});

test('everything that can fall due is said in words', () => {
  const due = [...resources.values()].flatMap(({ object, timers = [] }) =>
    timers.map(({ name }) => ({ object, timer: name })),
  );
  expect(due.length).toBeGreaterThan(20);
  const wordless = due.filter((each) => dueWords({ ...each, id: 'x_1' }).includes('is due:'));
  expect(wordless).toEqual([]);
  expect(dueWords({ object: 'test_helpers.test_clock', id: 'clock_1', timer: 'delete' })).toBe(
    'Test clock clock_1 is deleted',
  );
});
