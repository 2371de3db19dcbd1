import { expect, test } from 'vitest';
import type { EventDetails, EventMarks, EventPage } from '../../src/console/api/types.ts';
import { put as putAll, sample } from '../../src/testing/store-conformance/samples.ts';
import { event, openConsole, type Opened } from './open.ts';

/** Stores events without working on them, several in one commit. */
async function fill(opened: Opened, count: number): Promise<void> {
  const answers = await Promise.all(Array.from({ length: count }, () => opened.deliver()));
  expect(answers.every(({ ok }) => ok)).toBe(true);
}

const charge = (id: string, fields: object = {}) => ({ id, object: 'charge', ...fields });

test('the pages that marks name cover every event once, also while new ones arrive', async () => {
  await using opened = openConsole();
  await fill(opened, 95);
  const { marks, total, more } = await opened.get<EventMarks>('events/marks?every=10');
  expect([marks.length, total, more]).toEqual([10, 95, false]);
  const seen: string[] = [];
  for (const before of marks) {
    const { items } = await opened.get<EventPage>(`events?before=${before}&limit=10`);
    seen.push(...items.map(({ id }) => id));
    await fill(opened, 1);
  }
  expect(seen).toHaveLength(95);
  expect(new Set(seen).size).toBe(95);
});

test('pages follow each other by their cursors', async () => {
  await using opened = openConsole();
  await fill(opened, 25);
  const seen: number[] = [];
  let next: number | null = null;
  do {
    const page: EventPage = await opened.get(`events?limit=10${next === null ? '' : `&before=${next}`}`);
    seen.push(...page.items.map(({ seq }) => seq));
    ({ next } = page);
  } while (next !== null);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
});

test('copies fetched from the API are no events', async () => {
  await using opened = openConsole();
  await fill(opened, 3);
  await opened.receiver.adopt([charge('ch_copied')], { requestedAt: 1_768_471_200_000 });
  await opened.receiver.drain();
  expect((await opened.get<EventPage>('events')).items).toHaveLength(3);
  expect((await opened.get<EventMarks>('events/marks')).total).toBe(3);
  expect(await opened.store.getObject('charge', 'ch_copied')).toBeDefined();
});

test('each filter is applied, and what cannot be one is refused', async () => {
  await using opened = openConsole();
  opened.receiver.on('charge.*', () => {}, { name: 'book' });
  await opened.deliver(event('evt_1', 'charge.succeeded', charge('ch_1')));
  await opened.deliver(event('evt_2', 'invoice.paid', { id: 'in_1', object: 'invoice' }));
  await opened.receiver.drain();
  await opened.deliver(event('evt_3', 'charge.updated', charge('ch_1')));
  const ids = async (query: string) => (await opened.get<EventPage>(`events?${query}`)).items.map(({ id }) => id);
  expect(await ids('type=charge.*')).toEqual(['evt_3', 'evt_1']);
  expect(await ids('type=a.type.of.tomorrow')).toEqual([]);
  expect(await ids('state=done')).toEqual(['evt_2', 'evt_1']);
  expect(await ids('object=in_1')).toEqual(['evt_2']);
  expect(await ids('handler=book')).toEqual(['evt_1']);
  expect(await ids('account=acct_1')).toEqual([]);
  expect(await ids('account=')).toHaveLength(3);
  expect(await ids(`until=1`)).toEqual([]);
  for (const wrong of ['state=odd', 'limit=0', 'limit=1001', 'before=x', 'since=-1', 'type=a%20b', 'type=.'])
    expect(await opened.get(`events?${wrong}`)).toMatchObject({ error: { code: 'bad_request' } });
  expect(await opened.get('events/marks?text=x')).toMatchObject({ error: { code: 'bad_request' } });
});

test('payloads are searched a bounded number at a time, and nothing is left out', async () => {
  await using opened = openConsole();
  const large = 45_000;
  const one = (i: number) => {
    const payload = Buffer.from(i % 9_000 === 0 || (i > 100 && i <= 105) ? `{"note":"café ${i}"}` : '{}');
    return sample({ id: `evt_${i}`, objectId: `ch_${i}`, payload });
  };
  const put = (from: number, to: number) =>
    putAll(opened.store, ...Array.from({ length: to - from }, (_, i) => one(from + i)));
  for (let from = 0; from < large; from += 5_000) await put(from, from + 5_000);
  const found: string[] = [];
  let next: number | null = null;
  let pages = 0;
  do {
    const page: EventPage = await opened.get(
      `events?text=${encodeURIComponent('café')}&limit=2${next === null ? '' : `&before=${next}`}`,
    );
    expect(page.searched).toBeLessThanOrEqual(20_000);
    found.push(...page.items.map(({ id }) => id));
    ({ next } = page);
    pages += 1;
  } while (next !== null);
  expect(found).toEqual([36_000, 27_000, 18_000, 9_000, 105, 104, 103, 102, 101, 0].map((i) => `evt_${i}`));
  const none = await opened.get<EventPage>('events?text=nowhere');
  expect(none.items).toEqual([]);
  // 20,000 were looked at, or the time was over: older ones follow.
  expect(none.next).not.toBeNull();
  expect(pages).toBeGreaterThan(2);
});

test('an event’s page has its payload as text, its handlers, its neighbours in order and what to do', async () => {
  await using opened = openConsole();
  opened.receiver.on('charge.*', ({ event }) => {
    if (event.type === 'charge.refunded') throw new Error('first line\nsecond line');
  });
  opened.receiver.on('invoice.paid', () => {});
  const nasty = { note: '<script>alert(1)</script>' };
  const at = { created: 1_768_471_300 };
  // Out of order: the later one comes first, and two share a second.
  const refunded = charge('ch_1', { amount_refunded: 10, captured: true, metadata: nasty });
  await opened.deliver(event('evt_3', 'charge.refunded', refunded, at));
  await opened.deliver(
    event('evt_2', 'charge.captured', charge('ch_1', { amount_refunded: 0, captured: true, metadata: nasty }), {
      ...at,
      previous: { captured: false },
    }),
  );
  await opened.deliver(
    event('evt_1', 'charge.succeeded', charge('ch_1', { amount_refunded: 0, captured: false, metadata: nasty })),
  );
  await opened.deliver(event('evt_x', 'charge.succeeded', charge('ch_2')));
  await opened.receiver.drain();

  const answer = await opened.ask('/api/events/evt_3');
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const details = (await answer.json()) as EventDetails;
  expect(JSON.parse(details.payload)).toMatchObject({ data: { object: { metadata: nasty } } });
  expect(details.neighbours.map(({ id }) => id)).toEqual(['evt_1', 'evt_2', 'evt_3']);
  expect(details.event).toMatchObject({ state: 'retrying', attempts: 1, error: 'Error: first line', valid: true });
  expect(details.event.handlers[0]!.error).toContain('second line');
  expect(details.matching).toEqual([{ name: 'charge.*', pattern: 'charge.*' }]);
  expect(details.about).toMatchObject({ type: 'charge.refunded', era: 'current', area: 'Payments' });
  expect(details.about!.advice.length).toBeGreaterThan(0);
  const said = details.about!.advice.map(({ do: what, why }) => `${what} ${why}`);
  expect(new Set(said).size).toBe(said.length);
  expect(await opened.get('events/evt_none')).toMatchObject({ error: { code: 'not_found' } });
  expect(await opened.get('events/evt_3?account=acct_1')).toMatchObject({ error: { code: 'not_found' } });
});

test('an event that is not proven has no neighbours, and no place in an object’s life', async () => {
  await using opened = openConsole();
  await opened.deliver(event('evt_1', 'charge.succeeded', charge('ch_1')));
  const payload = Buffer.from(event('evt_2', 'charge.updated', charge('ch_1')));
  await putAll(opened.store, sample({ id: 'evt_2', type: 'charge.updated', proof: null, payload }));
  const of = async (id: string) => (await opened.get<EventDetails>(`events/${id}`)).neighbours.map((each) => each.id);
  expect(await of('evt_2')).toEqual(['evt_2']);
  expect(await of('evt_1')).toEqual(['evt_1']);
});
