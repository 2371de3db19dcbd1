import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { EVENT_SUBJECTS } from '../../src/stripe/events.gen.ts';
import { EVENTS } from '../../src/stripe/events.ts';
import { SDK_RELEASES } from '../../src/stripe/events/sdk-releases.ts';
import { closest, eventType, eventTypes } from '../../src/stripe/lookup.ts';
import { isPattern, matches } from '../../src/stripe/patterns.ts';

const all = Object.values(EVENTS);
const some = (payload: string, era: string) => all.filter((info) => info.payload === payload && info.era === era);

test('the current snapshot events and their subjects are exactly those the SDK declares', () => {
  const ours = some('snapshot', 'current').map(({ type, subject }) => [type, subject.toSorted()]);
  const theirs = Object.entries(EVENT_SUBJECTS).map(([type, subject]) => [type, subject.toSorted()]);
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
});

test('the thin events are exactly the notifications the SDK declares', () => {
  const file = join(import.meta.dirname, '../../node_modules/stripe/esm/resources/V2/Core/Events.d.ts');
  const declared = [...readFileSync(file, 'utf8').matchAll(/EventNotification\b[^{;]*\{\s*type: '([^']+)'/g)];
  const theirs = new Set(declared.map(([, type]) => type!));
  expect(new Set(some('thin', 'current').map((info) => info.type))).toEqual(theirs);
});

test('the counts are those of the facts', () => {
  expect(all).toHaveLength(631);
  expect(some('snapshot', 'current')).toHaveLength(275);
  expect(some('snapshot', 'legacy')).toHaveLength(30);
  expect(some('thin', 'current')).toHaveLength(326);
  const seed = all.filter((info) => info.inSeed);
  expect(seed).toHaveLength(66);
  expect(seed.filter((info) => info.era === 'legacy')).toHaveLength(17);
  expect(some('thin', 'current').filter((info) => info.twin)).toHaveLength(216);
});

test('no name is written down twice: not in two area files, not as both current and legacy', () => {
  const folder = resolve(import.meta.dirname, '../../src/stripe/events');
  const names = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}(?:'([^']+)'|(ping)): \{/gm)].map((m) => m[1] ?? m[2]!),
  );
  expect(names).toHaveLength(275 + 110 + 30);
  expect(new Set(names).size).toBe(names.length);
});

test('every entry says what it must', () => {
  for (const info of all) {
    expect(info.description, info.type).toMatch(/^[A-Z].{10,160}\.$/);
    expect(info.description, info.type).not.toContain('Occurs');
    if (info.era === 'legacy') {
      expect(info.lastEra, info.type).toBeTruthy();
      expect(info.replacement.length, info.type).toBeGreaterThan(0);
      for (const name of info.replacement) expect(eventType(name)?.era, `${info.type} → ${name}`).toBe('current');
    } else {
      expect(info.lastEra, info.type).toBeNull();
      expect(info.replacement, info.type).toEqual([]);
      expect(SDK_RELEASES[info.firstSeen!.sdk], info.type).toBe(info.firstSeen!.api);
    }
  }
});

test('twins point at each other', () => {
  for (const info of all.filter((entry) => entry.twin)) {
    const other = eventType(info.twin!)!;
    expect(other.twin).toBe(info.type);
    expect(other.payload).not.toBe(info.payload);
  }
});

test('lookup knows names, not what every object inherits', () => {
  expect(eventType('invoice.paid')?.subject).toEqual(['invoice']);
  expect(eventType('v1.invoice.upcoming')).toMatchObject({ twin: 'invoice.upcoming', hasData: true, subject: [] });
  expect(eventType('ping')).toMatchObject({ era: 'legacy', group: 'ping' });
  expect(eventType('toString')).toBeUndefined();
  expect(eventTypes('charge.dispute.*').map((info) => info.type)).toEqual([
    'charge.dispute.closed',
    'charge.dispute.created',
    'charge.dispute.funds_reinstated',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
  ]);
});

test.for([
  ['invoice.paid', 'invoice.paid', true],
  ['invoice.paid', 'invoice.paid.later', false],
  ['invoice.*', 'invoice.paid', true],
  ['invoice.*', 'invoice_payment.paid', false],
  ['invoice.*', 'invoice', false],
  ['invoice.*', 'v1.invoice.paid', false],
  ['charge.*', 'charge.dispute.closed', true],
  ['v1.*', 'v1.invoice.paid', true],
  ['*', 'something.stripe.invented.today', true],
  ['something.*', 'something.stripe.invented.today', true],
] as const)('pattern %s, type %s: %s', ([pattern, type, expected]) => {
  expect(matches(pattern, type)).toBe(expected);
});

test('a pattern must cover something', () => {
  expect(['*', 'invoice.paid', 'invoice.*', 'customer.subscription.*', 'v1.*', 'v2.core.*'].every(isPattern)).toBe(
    true,
  );
  expect(['', 'invoice', 'invoice.', '.*', 'invoices.*', 'invoice.paid.*', 'invoice*', '**'].some(isPattern)).toBe(
    false,
  );
});

test.for([
  ['invoice.payed', 'invoice.paid'],
  ['invoice_paid', 'invoice.paid'],
  ['invoicePaid', 'invoice.paid'],
  ['charge.suceeded', 'charge.succeeded'],
  ['payment_intent.success', 'payment_intent.succeeded'],
  ['customer.subscripton.updated', 'customer.subscription.updated'],
  ['invoices.*', 'invoice.*'],
  ['v1.invoice.payed', 'v1.invoice.paid'],
  ['zebra.dances', undefined],
] as const)('%s was meant as %s', ([name, meant]) => {
  expect(closest(name)).toBe(meant);
});
