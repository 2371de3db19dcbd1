import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { conform } from '../../src/emulator/shapes/conform.ts';
import { PREFIXES } from '../../src/emulator/resources/prefixes.ts';
import { resources } from '../../src/emulator/resources/index.ts';
import { createExamples, exampleAt, type Example } from '../../src/examples/index.ts';
import { sourceOf } from '../../src/examples/source.ts';
import { EVENT_SUBJECTS } from '../../src/stripe/events.gen.ts';
import { EVENTS, eventTypes } from '../../src/stripe/index.ts';
import { schema, type Shape } from '../../src/stripe/schema.ts';

const examples = createExamples();
const all = new Map<string, Example>();
const current = Object.keys(EVENT_SUBJECTS);

beforeAll(async () => {
  for (const { type } of eventTypes()) all.set(type, await examples.of(type));
}, 60_000);
afterAll(() => examples[Symbol.asyncDispose]());

const subjectOf = (type: string) => (all.get(type)!.event['data'] as { object: JsonObject }).object;

// Declared by a resource, and reached by nothing: with the reason.
const UNREACHED: Record<string, string> = {
  'source.canceled': 'the emulator’s sources are cards, which end no other way than by being detached',
  'source.failed': 'the emulator’s sources are cards, which are chargeable at once',
  'test_helpers.test_clock.internal_failure': 'tells of a defect of ours',
};

describe('every event type', () => {
  test('there is an example of each, and it is of that type', () => {
    expect(all.size).toBe(Object.keys(EVENTS).length);
    for (const [type, { event }] of all) expect(event['type']).toBe(type);
  });

  test.for(current)('%s carries its subject, in the shape that the SDK declares', (type) => {
    const object = subjectOf(type);
    expect(EVENT_SUBJECTS[type]).toContain(object['object']);
    expect(conform(String(object['object']), object)).toEqual([]);
  });

  test('none is an object full of nulls', () => {
    // What the fullest of real ones have: a payment intent that waits has this share of nulls at Stripe as well.
    for (const [type, { nulls, fidelity }] of all)
      expect(nulls, type).toBeLessThanOrEqual(fidelity === 'behaviour' ? 0.65 : 0.5);
    for (const type of current) expect(Object.keys(subjectOf(type)).length, type).toBeGreaterThan(1);
  });

  test('the same again in another process: nothing of them is chance', async () => {
    await using again = createExamples();
    for (const [type, { event }] of all) expect((await again.of(type)).event, type).toEqual(event);
  }, 60_000);

  test('another seed gives other ids, and nothing else', async () => {
    await using other = createExamples({ seed: 'other' });
    const [one, two] = [all.get('payout.created')!.event, (await other.of('payout.created')).event];
    expect(two['id']).not.toBe(one['id']);
    expect(Object.keys(two)).toEqual(Object.keys(one));
  });
});

describe('where they come from', () => {
  test('a run reaches at least 150 of the current types', () => {
    expect(current.filter((type) => all.get(type)!.reachedBy !== 'schema').length).toBeGreaterThanOrEqual(150);
  });

  test('every event that a resource declares is reached by a scenario or a recipe', () => {
    const declared = new Set([...resources.values()].flatMap(({ events = [] }) => events.map(({ type }) => type)));
    const unreached = [...declared].filter((type) => sourceOf(type).reachedBy === 'schema');
    expect(unreached.toSorted()).toEqual(Object.keys(UNREACHED).toSorted());
    for (const type of declared)
      if (!(type in UNREACHED))
        expect({ type, fidelity: all.get(type)!.fidelity }).toEqual({ type, fidelity: 'behaviour' });
  });

  test('an event that no rule of the emulator fires says so', () => {
    expect(all.get('payout.failed')).toMatchObject({ reachedBy: 'schema', by: null, fidelity: 'schema' });
    expect(all.get('topup.created')).toMatchObject({ reachedBy: 'recipe', by: 'topup', fidelity: 'schema' });
    expect(all.get('charge.refunded')).toMatchObject({
      reachedBy: 'scenario',
      by: 'refund/current',
      fidelity: 'behaviour',
    });
  });
});

describe('worked out from a shape', () => {
  const worked = () =>
    [...all.values()].filter(({ fidelity, event }) => fidelity === 'schema' && event['object'] === 'event');

  test('what they refer to is in the same world', async () => {
    let followed = 0;
    for (const { type } of worked()) {
      const { open } = (await examples.worldOf(type))!;
      const object = subjectOf(type);
      for (const { path, id, kinds } of references(shapeOf(String(object['object'])), object)) {
        const found = kinds.some((kind) => open.world.tables.of('', kind).get(id) !== undefined);
        expect(found, `${type} ${path} ${id}`).toBe(true);
        followed++;
      }
    }
    expect(followed).toBeGreaterThan(100);
  });

  test('whatever reads as an id is one: declared as a reference or as mere text', async () => {
    const prefixes = new Set(Object.values(PREFIXES));
    const loose: string[] = [];
    for (const { type } of worked()) {
      const { open } = (await examples.worldOf(type))!;
      const known = new Set(
        Array.from(open.world.tables.all(), ({ table }) => [...table.rows()].map(({ id }) => id)).flat(),
      );
      for (const { path, text } of texts(subjectOf(type))) {
        const prefix = /^([a-z_]+)_[0-9A-Za-z]{14,}$/.exec(text)?.[1];
        // What is shown whole has its own id beside it: a line stands in its invoice alone.
        if (prefix && !path.endsWith('.id') && prefixes.has(prefix) && !known.has(text))
          loose.push(`${type} ${path} ${text}`);
      }
    }
    expect(loose).toEqual([]);
  });

  test('their subject can be fetched there with the SDK', async () => {
    const { stripe } = (await examples.worldOf('payout.failed'))!;
    expect(await stripe.payouts.retrieve(String(subjectOf('payout.failed')['id']))).toMatchObject({ status: 'failed' });
  });

  test('lists that are there have an entry', () => {
    for (const { type } of worked())
      for (const { path, data } of lists(subjectOf(type))) expect(data.length, `${type} ${path}`).toBeGreaterThan(0);
  });

  test('the state is what the event says', () => {
    const stateOf = (type: string) => subjectOf(type)['status'];
    expect(stateOf('payout.paid')).toBe('paid');
    expect(stateOf('topup.failed')).toBe('failed');
    expect(stateOf('identity.verification_session.verified')).toBe('verified');
    expect(stateOf('treasury.outbound_payment.posted')).toBe('posted');
    expect(stateOf('checkout.session.expired')).toBe('expired');
    expect(subjectOf('payout.paid')['failure_code']).toBeNull();
    expect(subjectOf('payout.failed')['failure_code']).toBe('account_closed');
  });

  test('an update says what was there before', () => {
    for (const { type, event } of worked())
      if (type.endsWith('.updated'))
        expect(Object.keys((event['data'] as JsonObject)['previous_attributes'] as object), type).not.toEqual([]);
  });
});

describe('of another form', () => {
  test('legacy events carry the subject that the catalogue names, in an envelope of their time', () => {
    const legacy = eventTypes().filter(({ era }) => era === 'legacy');
    expect(legacy).toHaveLength(30);
    for (const { type, subject } of legacy) {
      const { event, fidelity } = all.get(type)!;
      expect(fidelity).toBe('era');
      expect([subjectOf(type)['object'] ?? null], type).toEqual(subject.length ? subject : [null]);
      expect(typeof event['request'], type).toBe(String(event['api_version']) < '2017-05-25' ? 'string' : 'object');
      expect(Number(event['created'])).toBeLessThan(Date.UTC(2024, 0, 1) / 1000);
    }
  });

  test('thin events link to the subject that the catalogue names, and twins to the same object', () => {
    for (const { type, subject, twin } of eventTypes().filter(({ payload }) => payload === 'thin')) {
      const related = all.get(type)!.event['related_object'] as JsonObject | null;
      if (related === null) continue;
      expect(subject, type).toContain(related['type']);
      expect(String(related['url']), type).toMatch(/^\/v[12]\/[\w/.]+$/);
      if (twin) expect(related['id'], type).toBe(subjectOf(twin)['id']);
    }
    expect(all.get('v1.invoice.paid')!.event['related_object']).toMatchObject({
      type: 'invoice',
      url: expect.stringMatching(/^\/v1\/invoices\/in_\w+$/),
    });
    expect(all.get('v2.core.event_destination.ping')!.event['related_object']).toMatchObject({
      type: 'v2.core.event_destination',
    });
  });
});

test('an example can be made to happen now, with ids of its own, however late in its story it comes', async () => {
  const now = Date.UTC(2026, 10, 22) / 1000;
  for (const type of ['invoice.paid', 'customer.subscription.trial_will_end', 'invoice.upcoming', 'payout.paid']) {
    const [one, two] = [await exampleAt(type, now, 'a'), await exampleAt(type, now, 'b')];
    expect(Math.abs(Number(one.event['created']) - now), type).toBeLessThan(4 * 86_400);
    expect(one.event['id']).not.toBe(two.event['id']);
  }
});

const shapeOf = (kind: string): Shape => ({ kind: 'object', fields: schema().objects[kind]!.fields });

type Reference = { path: string; id: string; kinds: readonly string[] };

/** Every id of another object, with the kinds that it may be of. */
function* references(shape: Shape, value: Json | undefined, path = ''): Generator<Reference> {
  if (value === null || value === undefined) return;
  if (shape.kind === 'id' && typeof value === 'string') yield { path, id: value, kinds: shape.to };
  if (shape.kind === 'object' && isObject(value))
    for (const [name, field] of Object.entries(shape.fields)) yield* references(field, value[name], `${path}.${name}`);
  if (shape.kind === 'array' && Array.isArray(value)) for (const item of value) yield* references(shape.of, item, path);
}

/** Every text, however deep. */
function* texts(value: Json, path = ''): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* texts(item, path);
  else if (isObject(value)) for (const [name, item] of Object.entries(value)) yield* texts(item, `${path}.${name}`);
}

/** Every list object, however deep. */
function* lists(value: Json, path = ''): Generator<{ path: string; data: Json[] }> {
  if (Array.isArray(value)) for (const item of value) yield* lists(item, path);
  if (!isObject(value)) return;
  if (value['object'] === 'list') yield { path, data: value['data'] as Json[] };
  for (const [name, item] of Object.entries(value)) yield* lists(item, `${path}.${name}`);
}
