import { expect, test } from 'vitest';
import { candidateOf } from '../../src/receiver/shortcut.ts';
import { envelopeOf } from '../../src/receiver/envelope.ts';
import { historyFact, read, type Item } from '../../src/receiver/work/item.ts';
import type { ClaimedEvent, HistoryEvent, IncomingEvent } from '../../src/store/store.ts';
import { aCharge, anEvent, bodyOf, NOW } from './events.ts';
import { of, setUp } from './set-up.ts';

const received = (json: unknown): IncomingEvent => ({
  ...envelopeOf(json)!,
  proof: 'signature',
  payload: bodyOf(json),
  receivedAt: NOW * 1000,
});

/** What `read` makes of an event as it is claimed. */
function claimed(json: unknown, parts: Partial<ClaimedEvent> = {}): Item {
  const unread = { seq: 1, valid: true, state: 'pending', attempts: 0, deliveries: 1, records: [] } as const;
  const reading = read({ ...received(json), ...unread, records: [], ...parts });
  if (reading === 'unreadable' || !('item' in reading)) throw new Error('not readable');
  return reading.item;
}

const stored = (json: unknown, seq = 1): HistoryEvent => {
  const { id, type, created } = envelopeOf(json)!;
  return { seq, id, type, created, state: 'done', twinOf: null, handled: [], payload: bodyOf(json) };
};

test('what was read to be worked on is not read again from the history, unless the body is another by now', () => {
  const event = anEvent({ object: aCharge({ description: 'as it came' }) });
  const item = claimed(event);
  expect(historyFact(stored(event), [item])).toBe(item.fact);
  const masked = { ...event, data: { object: { ...event.data.object, description: '[redacted]' } } };
  expect(historyFact(stored(masked), [item])!.object['description']).toBe('[redacted]');
  expect(historyFact(stored(event, 2), [item])).not.toBe(item.fact);
});

test('an event that was taken up is not read again', () => {
  const event = anEvent();
  const item = claimed(event, { payload: Buffer.from('{}'), json: event });
  expect(item.json).toBe(event);
  expect(item.fact!.object).toBe(event.data.object);
});

test('an event that is taken up brings its object as its store writes JSON', () => {
  const event = anEvent();
  const store = { toJson: (object: object) => `${Object.keys(object).length} keys` };
  const { mirror } = candidateOf(received(event), event, { mirror: true, redact: undefined, store })!;
  expect(mirror!.json).toBe(`${Object.keys(event.data.object).length} keys`);
});

test('a notification is never taken up, whatever it carries: what it links to must be fetched first', () => {
  const settings = { mirror: true, redact: undefined, store: {} } as const;
  const event = anEvent();
  expect(candidateOf(received(event), event, settings)).toBeDefined();
  const thin = {
    ...event,
    object: 'v2.core.event',
    related_object: { type: 'charge', id: 'ch_1', url: '/v1/charges/ch_1' },
  };
  expect(candidateOf(received(thin), thin, settings)).toBeUndefined();
});

test('a handler that changes what it is given does not hide that the next event repeats it', async () => {
  const { receiver, store, deliver } = setUp();
  const seen: string[] = [];
  receiver.on('charge.updated', ({ event, object }) => {
    seen.push(event.id);
    object.description = 'changed by a handler';
  });
  const charge = aCharge({ id: 'ch_1', description: 'once' });
  const twin = { object: charge, request: 'req_1' };
  await deliver(of('ch_1', 'evt_1', NOW, twin), of('ch_1', 'evt_2', NOW, twin));
  await receiver.drain();
  expect(seen).toEqual(['evt_1']);
  expect((await store.getEvent('evt_2'))!.twinOf).toBe('evt_1');
  expect(JSON.parse((await store.getObject('charge', 'ch_1'))!.json)).toMatchObject({ description: 'once' });
});
