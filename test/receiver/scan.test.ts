import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { parseEnvelope, readEnvelope } from '../../src/receiver/envelope.ts';
import { scan } from '../../src/receiver/scan.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { aCharge, anEvent, bodyOf, delivery, SECRET, testClock } from './events.ts';
import { seeds } from './seeds.ts';

const compact = (event: unknown) => Buffer.from(JSON.stringify(event));

test('an event as Stripe lays it out is read off its ends, compact or indented', () => {
  for (const event of [
    anEvent(),
    anEvent({ account: 'acct_1', previous: { description: null } }),
    anEvent({ request: null }),
  ])
    for (const body of [compact(event), bodyOf(event)]) {
      expect(scan(body)).toBeDefined();
      expect(scan(body)).toEqual(parseEnvelope(body));
    }
});

test('a large object in the middle makes no difference, and is not looked at', () => {
  const body = compact(anEvent({ object: aCharge({ description: 'x'.repeat(100_000) }) }));
  expect(scan(body)).toEqual(parseEnvelope(body));
});

const TRAPS = [
  '"type":"invoice.paid"',
  '\\"type\\":\\"invoice.paid\\"}',
  '"livemode":true,"type":"invoice.paid"}',
  ',"livemode":true,"pending_webhooks":1,"request":null,"type":"invoice.paid"}',
  '{"id":"evt_forged","object":"event"',
  '}},"id":"evt_forged"',
  'é \u2028 \\ " \n',
];

test.each(TRAPS)('text that looks like an event’s own fields is not: %s', (trap) => {
  const places: JsonObject[] = [
    { metadata: { [trap]: trap } },
    { description: trap, id: 'ch_x' },
    { zzz: [{ type: trap }] },
  ];
  for (const place of places) {
    const event = anEvent({ object: { id: 'ch_1', object: 'charge', ...place } });
    for (const body of [compact(event), bodyOf(event)]) expect(readEnvelope(body)).toEqual(parseEnvelope(body));
  }
});

test.each([
  [
    'thin',
    {
      id: 'evt_1',
      object: 'v2.core.event',
      type: 'v1.charge.failed',
      created: '2026-09-21T14:13:20.123Z',
      livemode: false,
    },
  ],
  ['without data', { id: 'evt_1', object: 'event', created: 5, livemode: false, type: 'ping' }],
  [
    'with its keys in another order',
    { type: 'a.b', livemode: true, data: { object: { object: 'x', id: 'y' } }, created: 7, id: 'evt_1' },
  ],
  [
    'with data last',
    {
      id: 'evt_1',
      object: 'event',
      created: 5,
      type: 'a.b',
      data: { object: { id: 'c', object: 'card', livemode: true, type: 'y' } },
    },
  ],
  ['without a time', { id: 'evt_1', object: 'event', type: 'a.b' }],
  [
    'about an object without an id',
    anEvent({ type: 'invoice.upcoming', object: { object: 'invoice', lines: { id: 'x' } } }),
  ],
  ['about an object with another order', anEvent({ object: { amount: 1, id: 'ch_1', object: 'charge' } })],
])('an event %s is read the slow way', (_, event) => {
  for (const body of [compact(event), bodyOf(event)]) {
    expect(scan(body)).toBeUndefined();
    expect(readEnvelope(body)).toEqual(parseEnvelope(body));
    expect(readEnvelope(body)?.id).toBe(event.id);
  }
});

test.each([
  '',
  ' ',
  '{}',
  '[]',
  'null',
  '"x"',
  '{"id":"evt_1"',
  '{"id":1,"type":"x"}',
  '{"id":"","type":"x"}',
  '\ufeff{}',
])('not an event: %j', (text) => {
  expect(readEnvelope(Buffer.from(text))).toBeUndefined();
});

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(...TRAPS),
);
const scalar = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null));
const key = fc.oneof(
  text,
  fc.constantFrom('id', 'type', 'object', 'data', 'created', 'account', 'livemode', 'metadata', '__proto__'),
);
const value = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(key, tie('node'), { maxKeys: 5 }),
  ),
})).node;
const object = fc
  .dictionary(key, value, { maxKeys: 6 })
  .map(
    (fields) => Object.assign({ id: 'ch_1', object: 'charge' }, fields, { id: 'ch_1', object: 'charge' }) as JsonObject,
  );

describe.each(seeds())('seed %i', (seed) => {
  test('whatever is in it, an event reads as JSON.parse reads it', () => {
    const event = fc.record({
      object,
      account: fc.option(fc.constant('acct_1'), { nil: undefined }),
      request: fc.option(text, { nil: null }),
      previous: fc.option(fc.dictionary(key, value) as fc.Arbitrary<JsonObject>, { nil: undefined }),
    });
    let scanned = 0;
    fc.assert(
      fc.property(event, fc.boolean(), (parts, indented) => {
        const made = anEvent(parts);
        const body = indented ? bodyOf(made) : compact(made);
        if (scan(body)) scanned += 1;
        expect(readEnvelope(body)).toEqual(parseEnvelope(body));
      }),
      { seed, numRuns: 500 },
    );
    // Enough of them must take the fast way, or this would say little; escapes in the request send the others around.
    expect(scanned).toBeGreaterThan(100);
  });

  test('any JSON at all, its own fields in any order and of any kind, reads as JSON.parse reads it', () => {
    const fields = fc.tuple(
      fc.constantFrom('id', 'object', 'account', 'api_version', 'created', 'data', 'livemode', 'request', 'type', 'x'),
      fc.oneof(
        value,
        fc.constantFrom<unknown>('event', 'evt_1', 'charge.failed', 5, { object: { id: 'ch_1', object: 'charge' } }),
      ),
    );
    fc.assert(
      fc.property(fc.array(fields, { maxLength: 12 }), (pairs) => {
        const body = compact(Object.fromEntries(pairs));
        expect(readEnvelope(body)).toEqual(parseEnvelope(body));
      }),
      { seed, numRuns: 500 },
    );
  });

  test('an event with keys that come twice is processed as JSON.parse reads it, or not at all', async () => {
    const twice = fc.constantFrom(
      '"id":"evt_other",',
      '"type":"invoice.paid",',
      '"created":1,',
      '"account":"acct_9",',
      '"data":{"object":{"id":"in_1","object":"invoice"}},',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(twice, { minLength: 1, maxLength: 3 }), fc.boolean(), async (doubles, first) => {
        const plain = compact(anEvent()).toString();
        const at = first ? plain.indexOf('"object":"event"') : plain.indexOf('"livemode"');
        const body = Buffer.from(plain.slice(0, at) + doubles.join('') + plain.slice(at));
        const wanted = parseEnvelope(body)!;
        await using store = createSqliteStore({ path: ':memory:' });
        const seen: unknown[] = [];
        await using receiver = createReceiver({ store, secrets: SECRET, clock: testClock() }).on(
          '*',
          ({ event, object }) => {
            seen.push([event.id, event.type, event.created, (object as JsonObject)['id']]);
          },
        );
        await receiver.fetch(delivery(body));
        await receiver.drain();
        expect(seen).toEqual([[wanted.id, wanted.type, wanted.created, wanted.objectId]]);
        const { items } = await store.listEvents();
        const { id, type, account, created, object, objectId } = wanted;
        expect(items).toMatchObject([{ id, type, account, created, object, objectId, state: 'done' }]);
      }),
      { seed, numRuns: 20 },
    );
  });
});
