import { describe, expect, test } from 'vitest';
import { control } from '../http.ts';
import { fakeClock } from '../delivery/clocks.ts';
import { NOW, start, typesOf } from '../sdk.ts';

const DAY = 24 * 60 * 60;
const dispute = { amount: 1000, currency: 'usd', source: 'tok_createDispute' } as const;

const flowing = () => {
  const clock = fakeClock(NOW * 1000);
  return { ...start({ clock, frozenAt: undefined }), clock };
};
const createdOf = ({ world }: ReturnType<typeof start>) => world.log.all.map(({ event }) => event.created - NOW);

describe('where time stands', () => {
  test('nothing happens until it is moved', async () => {
    const clock = fakeClock(NOW * 1000);
    const open = start({ clock });
    await open.stripe.charges.create(dispute);
    clock.tick(365 * DAY * 1000);
    expect(open.world.clock.now()).toBe(NOW);
    expect(typesOf(open.world)).toEqual(['charge.succeeded']);
    expect(clock.waiting).toBe(0);
  });

  test('moved far, everything due happens at its own moment and in order', async () => {
    const open = start();
    const { stripe, time, world } = open;
    const hold = await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
    await stripe.charges.create(dispute);
    await time.advance(NOW + 365 * DAY);
    expect(world.log.all.map(({ event }) => [event.type, event.created - NOW])).toEqual([
      ['charge.succeeded', 0],
      ['charge.succeeded', 0],
      ['charge.dispute.created', 3],
      ['charge.dispute.funds_withdrawn', 5],
      ['charge.expired', 7 * DAY],
      ['charge.dispute.closed', 3 + 9 * DAY],
    ]);
    expect(world.clock.now()).toBe(NOW + 365 * DAY);
    expect((await stripe.disputes.list()).data[0]!.created).toBe(NOW + 3);
    expect((await stripe.charges.retrieve(hold.id)).refunded).toBe(true);
  });

  test('step by step to what is due next, and no further', async () => {
    const open = start();
    await open.stripe.charges.create(dispute);
    const steps: [boolean, number][] = [];
    for (let i = 0; i < 6; i++) steps.push([await open.time.step(), open.world.clock.now() - NOW]);
    // The dispute, its money, the charge becoming available (two days on, at midnight), the deadline.
    expect(steps.slice(0, 4)).toEqual([
      [true, 3],
      [true, 5],
      [true, 2 * DAY],
      [true, 3 + 9 * DAY],
    ]);
    expect(steps.at(-1)).toEqual([false, 3 + 9 * DAY]);
    expect(await open.time.step()).toBe(false);
  });

  test('a step does not go beyond its limit', async () => {
    const open = start();
    await open.stripe.charges.create(dispute);
    expect(await open.time.step(NOW + 2)).toBe(false);
    expect(open.world.clock.now()).toBe(NOW);
  });

  test('who is told of a moment finds the clock there, and is waited for', async () => {
    const send = async (request: Request) => {
      const { type } = (await request.json()) as { type: string };
      await new Promise((done) => setImmediate(done));
      if (type.startsWith('charge.dispute.')) await open.stripe.customers.create({ name: type });
      return new Response();
    };
    const open = start({ webhooks: [{ url: 'http://127.0.0.1:9/', secret: 'whsec_x', send }] });
    await open.stripe.charges.create(dispute);
    await open.time.advance(NOW + 365 * DAY);
    const { data } = await open.stripe.customers.list();
    expect(data.map(({ name, created }) => [name, created - NOW])).toEqual([
      ['charge.dispute.closed', 3 + 9 * DAY],
      ['charge.dispute.funds_withdrawn', 5],
      ['charge.dispute.created', 3],
    ]);
    const attempts = open.queue.log.map(({ type, attempts }) => [type, attempts[0]!.at - NOW]);
    expect(attempts).toContainEqual(['charge.dispute.funds_withdrawn', 5]);
  });

  test('it never goes back', async () => {
    const { time, world } = start();
    await time.advance(NOW + 100);
    await time.advance(NOW + 50);
    expect(world.clock.now()).toBe(NOW + 100);
  });

  test('two who move it at once do each thing once', async () => {
    const open = start();
    await open.stripe.charges.create(dispute);
    await Promise.all([open.time.advance(NOW + 30 * DAY), open.time.advance(NOW + 30 * DAY), open.time.step()]);
    expect(typesOf(open.world)).toEqual([
      'charge.succeeded',
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]);
  });
});

describe('where time flows', () => {
  test('wall time brings everything about, at its own second', async () => {
    const open = flowing();
    await open.stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
    });
    expect(typesOf(open.world)).not.toContain('charge.updated');
    open.clock.tick(1999);
    expect(typesOf(open.world)).not.toContain('charge.updated');
    open.clock.tick(1);
    expect(typesOf(open.world).at(-1)).toBe('charge.updated');
    expect(createdOf(open)).toEqual([0, 0, 0, 2]);
  });

  test('a test bank acts at once', async () => {
    const open = flowing();
    await open.stripe.charges.create(dispute);
    expect(typesOf(open.world)).toEqual(['charge.succeeded', 'charge.dispute.created']);
    open.clock.tick(2000);
    expect(typesOf(open.world).at(-1)).toBe('charge.dispute.funds_withdrawn');
  });

  test.each(['tick', 'sleep'] as const)('several moments at once (%s) each have their own time', async (pass) => {
    const open = flowing();
    await open.stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
    await open.stripe.charges.create(dispute);
    open.clock[pass](30 * DAY * 1000);
    expect(createdOf(open)).toEqual([0, 0, 0, 2, 7 * DAY, 9 * DAY]);
    expect(open.world.clock.now()).toBe(NOW + 30 * DAY);
  });

  test('moved ahead, it goes on from there; nothing is waited for twice', async () => {
    const open = flowing();
    await open.stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa', capture: false });
    await open.time.advance(NOW + 3 * DAY);
    expect(open.world.clock.now()).toBe(NOW + 3 * DAY);
    open.clock.tick(10_000);
    expect(open.world.clock.now()).toBe(NOW + 3 * DAY + 10);
    open.clock.tick((4 * DAY - 11) * 1000);
    expect(typesOf(open.world)).toEqual(['charge.succeeded']);
    open.clock.tick(1000);
    expect(createdOf(open)).toEqual([0, 7 * DAY]);
  });

  test('frozen and set going again, it goes on from where it stood', async () => {
    const { emulator, world, clock } = flowing();
    expect((await control(emulator, 'POST /clock', { freeze: true })).body).toMatchObject({ now: NOW, frozen: true });
    clock.tick(DAY * 1000);
    expect(world.clock.now()).toBe(NOW);
    expect((await control(emulator, 'POST /clock', { freeze: false })).body).toMatchObject({ now: NOW, frozen: false });
    clock.tick(5000);
    expect(world.clock.now()).toBe(NOW + 5);
  });

  test('once its emulator is closed, a world no longer wakes', async () => {
    const open = flowing();
    await open.stripe.charges.create(dispute);
    expect(open.clock.waiting).toBe(1);
    await open.emulator.close();
    expect(open.clock.waiting).toBe(0);
    open.clock.tick(30 * DAY * 1000);
    expect(typesOf(open.world)).toEqual(['charge.succeeded', 'charge.dispute.created']);
  });
});
