import { expect, test } from 'vitest';
import type { Catalog, CatalogEntry } from '../../src/console/api/types.ts';
import { EVENTS } from '../../src/stripe/index.ts';
import { openConsole } from './open.ts';

test('the catalogue has every event type, with the scenarios it occurs in', async () => {
  await using opened = openConsole();
  const { types } = await opened.get<Catalog>('catalog');
  expect(types).toHaveLength(Object.keys(EVENTS).length);
  const ended = types.find(({ type }) => type === 'customer.subscription.deleted')!;
  expect(ended).toMatchObject({ area: 'Billing', era: 'current', payload: 'snapshot', subject: ['subscription'] });
  expect(ended.scenarios).toContain('renewal-fails');
  expect(new Set(ended.scenarios).size).toBe(ended.scenarios.length);
});

test('a type has an example, what to do with it, and where it occurs', async () => {
  await using opened = openConsole();
  const entry = await opened.get<CatalogEntry>('catalog/charge.refunded');
  expect(entry.example).toMatchObject({ reachedBy: 'scenario', event: { type: 'charge.refunded', object: 'event' } });
  expect(entry.about.docs).toMatch(/^https:\/\/docs\.stripe\.com\//);
  expect(entry.scenarios).toContainEqual(expect.objectContaining({ id: 'refund', path: 'current' }));
  const legacy = await opened.get<CatalogEntry>('catalog/invoiceitem.updated');
  expect(legacy.about.era).toBe('legacy');
  expect((await opened.ask('/api/catalog/no.such')).status).toBe(404);
  expect((await opened.ask('/api/catalog/constructor')).status).toBe(404);
});
