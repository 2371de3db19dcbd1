import { expect, test } from 'vitest';
import type { ObjectDetails, ObjectPage, ObjectTypes } from '../../src/console/api/types.ts';
import { columnsOf } from '../../src/console/columns.ts';
import { event, openConsole, type Opened } from './open.ts';

const T = 1_768_471_200;
const customer = (fields: object = {}) => ({
  id: 'cus_11111111',
  object: 'customer',
  balance: -500,
  currency: 'usd',
  ...fields,
});
const charge = (id: string, fields: object = {}) => ({
  id,
  object: 'charge',
  amount: 2000,
  currency: 'usd',
  customer: 'cus_11111111',
  created: T,
  refunded: false,
  metadata: { note: '<script>', other: 'ch_22222222' },
  payment_intent: { id: 'pi_11111111', object: 'payment_intent' },
  ...fields,
});

async function filled(opened: Opened) {
  const send = (...given: Parameters<typeof event>) => opened.deliver(event(...given));
  await send('evt_1', 'customer.created', customer());
  await send('evt_2', 'charge.succeeded', charge('ch_11111111'));
  await send('evt_3', 'charge.refunded', charge('ch_11111111', { refunded: true, amount_refunded: 2000 }), {
    created: T + 5,
    previous: { refunded: false },
  });
  await send('evt_4', 'charge.succeeded', charge('ch_22222222', { customer: null }));
  await send('evt_5', 'payment_intent.succeeded', { id: 'pi_11111111', object: 'payment_intent' });
  await send('evt_6', 'charge.succeeded', charge('ch_33333333'));
  await opened.receiver.drain();
}

test('the mirror’s types are counted, most first, with their views', async () => {
  await using opened = openConsole();
  await filled(opened);
  expect(await opened.get<ObjectTypes>('objects')).toEqual({
    types: [
      { object: 'charge', view: 'stripe_charges', count: 3 },
      { object: 'customer', view: 'stripe_customers', count: 1 },
      { object: 'payment_intent', view: 'stripe_payment_intents', count: 1 },
    ],
  });
});

test('a page has the columns of the view, and each object once', async () => {
  await using opened = openConsole();
  await filled(opened);
  const first = await opened.get<ObjectPage>('objects/charge?limit=2');
  const names = first.columns.map(({ name }) => name);
  const of = (row: number, name: string) => first.rows[row]!.cells[names.indexOf(name)];
  expect(first.columns.find(({ name }) => name === 'amount')).toEqual({ name: 'amount', type: 'integer', money: true });
  expect([of(0, 'amount'), of(0, 'customer'), of(0, 'payment_intent'), of(0, 'refunded'), of(0, 'created')]).toEqual([
    2000,
    'cus_11111111',
    'pi_11111111',
    true,
    T,
  ]);
  expect(of(0, 'metadata')).toBe('{"note":"<script>","other":"ch_22222222"}');
  expect(of(0, 'description')).toBeNull();
  const second = await opened.get<ObjectPage>(`objects/charge?limit=2&after=${encodeURIComponent(first.next!)}`);
  expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(['ch_11111111', 'ch_22222222', 'ch_33333333']);
  expect(second.next).toBeNull();
  // The columns are those that SQL shows, by name.
  const view = opened.store.database.prepare('SELECT * FROM stripe_charges LIMIT 1').get()!;
  const own = new Set(['id', 'account', 'deleted', 'object']);
  expect(names).toEqual(Object.keys(view).filter((name) => !own.has(name)));
  expect(await opened.get('objects/charge?after=x')).toMatchObject({ error: { code: 'bad_request' } });
  expect(await opened.get<ObjectPage>('objects/unheard_of')).toMatchObject({ columns: [], rows: [], view: '' });
});

test('money is what has a currency beside it', () => {
  const money = (object: string) =>
    columnsOf(object)
      .filter((column) => column.money)
      .map(({ name }) => name);
  expect(money('balance_transaction')).toEqual(['amount', 'fee', 'net']);
  expect(money('price')).toEqual(['unit_amount']);
  expect(money('subscription')).toEqual([]);
  // Its amounts are in the currency of its invoice, which the row does not have.
  expect(money('credit_note_line_item')).toEqual([]);
  expect(money('invoice')).toEqual(expect.arrayContaining(['amount_due', 'total', 'subtotal', 'ending_balance']));
  expect(money('invoice')).not.toContain('attempt_count');
});

test('an object has its state, its life with what each event changed, and what belongs with it', async () => {
  await using opened = openConsole();
  await filled(opened);
  await opened.receiver.adopt([charge('ch_11111111', { refunded: true, description: 'fetched' })], {
    requestedAt: (T + 10) * 1000,
  });
  await opened.receiver.drain();
  const details = await opened.get<ObjectDetails>('objects/charge/ch_11111111');
  expect(details).toMatchObject({
    deleted: false,
    ambiguous: false,
    state: { refunded: true, description: 'fetched' },
  });
  expect(details.history.map(({ event, changes }) => [event.id, changes])).toEqual([
    ['evt_2', []],
    [
      'evt_3',
      [
        { path: 'refunded', before: false, after: true },
        { path: 'amount_refunded', after: 2000 },
      ],
    ],
  ]);
  // An id in metadata is the user's own affair.
  expect(details.links).toEqual([
    { field: 'customer', object: 'customer', id: 'cus_11111111', direction: 'to' },
    { field: 'payment_intent', object: 'payment_intent', id: 'pi_11111111', direction: 'to' },
  ]);
  const { links } = await opened.get<ObjectDetails>('objects/customer/cus_11111111');
  expect(links).toEqual([
    { field: 'customer', object: 'charge', id: 'ch_11111111', direction: 'from' },
    { field: 'customer', object: 'charge', id: 'ch_33333333', direction: 'from' },
  ]);
  expect((await opened.ask('/api/objects/charge/ch_none')).status).toBe(404);
  expect((await opened.ask('/api/objects/charge/ch_11111111?account=acct_1')).status).toBe(404);
});
