import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { resources } from '../../../src/emulator/resources/index.ts';
import { conform } from '../../../src/emulator/shapes/conform.ts';
import { EVENT_SUBJECTS } from '../../../src/stripe/events.gen.ts';
import { start } from '../sdk.ts';
import { refusal } from '../worlds.ts';
import { collections, type Collection } from './collections.ts';
import { maker, type Made } from './maker.ts';

const all = collections();

// Their list is narrowed to the financial account of what they reverse, which their shape alone does not tell.
const NARROWED = ['/v1/treasury/credit_reversals', '/v1/treasury/debit_reversals'];

test('every collection of the schema is here', () => {
  expect(all.length).toBeGreaterThanOrEqual(70);
  const some = ['account', 'customer', 'tax_rate', 'treasury.inbound_transfer', 'webhook_endpoint'];
  expect(all.map(({ object }) => object)).toEqual(expect.arrayContaining(some));
});

describe.each(all.map((collection) => [collection.path, collection] as const))('%s', (_, collection) => {
  const { retrieve, update, remove } = collection;

  test('creates, retrieves and updates', async () => {
    const open = start();
    const { place, create, call } = maker(open);
    const path = await place(collection);
    const made = await create(collection, path);
    expect(kindsOf(collection)).toContain(made.object);
    expect(conform(made.object, made)).toEqual([]);
    expect(told(open, made)).toEqual(announced(made, 'created'));

    const shown = withoutSecret(made);
    if (retrieve) {
      expect(await call('GET', `${path}/${made.id}`)).toEqual(shown);
      expect(await refusal(call('GET', `${path}/unknown_1`))).toMatchObject(NOT_FOUND);
    }
    if (!update) return;
    expect(await refusal(call('POST', `${path}/unknown_1`))).toMatchObject(NOT_FOUND);
    if (!update.params['metadata'] || UNSAVED.includes(made.object)) return;
    const updated = await call('POST', `${path}/${made.id}`, { metadata: { order: '6735' } });
    expect(updated).toEqual({ ...shown, metadata: { order: '6735' } });
    expect(told(open, made)).toEqual([...announced(made, 'created'), ...announced(made, 'updated')]);
  });

  if (NARROWED.includes(collection.path))
    test('lists nothing that it cannot know to belong there', async () => {
      const { place, create, call } = maker(start());
      const path = await place(collection);
      await create(collection, path);
      expect(await call('GET', path, { financial_account: 'fa_1' })).toMatchObject({ data: [], has_more: false });
    });
  else
    test('lists newest first, forwards and backwards', async () => {
      const { place, create, call } = maker(start());
      const path = await place(collection);
      const first = await create(collection, path);
      const filter = filterOf(collection, first);
      const page = async (params: JsonObject) => {
        const { data, has_more } = (await call('GET', path, { ...filter, ...params })) as Page;
        return { ids: data.map(({ id }) => id), more: has_more };
      };
      const second = await create(collection, path);
      const third = await create(collection, path);
      const ids = [third.id, second.id, first.id];
      const [newest, middle, oldest] = ids as [string, string, string];

      // What creating one needed may be of the same kind, and older.
      expect((await page({ limit: 100 })).ids.slice(0, 3)).toEqual(ids);
      expect(await page({ limit: 1 })).toEqual({ ids: [newest], more: true });
      expect(await page({ limit: 1, starting_after: newest })).toEqual({ ids: [middle], more: true });
      expect((await page({ limit: 1, starting_after: middle })).ids).toEqual([oldest]);
      expect(await page({ limit: 1, ending_before: oldest })).toEqual({ ids: [middle], more: true });
      expect(await page({ limit: 5, ending_before: oldest })).toEqual({ ids: [newest, middle], more: false });
      const unknown = call('GET', path, { ...filter, starting_after: 'unknown_1' });
      expect(await refusal(unknown)).toMatchObject({
        statusCode: 400,
        code: 'resource_missing',
        param: 'starting_after',
      });
    });

  if (collection.path.includes('{'))
    test('belongs to what its path says, and to nothing else', async () => {
      const open = start();
      const { place, create, call } = maker(open);
      const path = await place(collection);
      const made = await create(collection, path);
      const nobodys = collection.path.replaceAll(/\{\w+\}/g, 'unknown_1');
      expect(await refusal(create(collection, nobodys))).toMatchObject(NOT_FOUND);
      expect(await refusal(call('GET', nobodys))).toMatchObject(NOT_FOUND);
      const elsewhere = await maker(open).place(collection);
      expect(elsewhere).not.toBe(path);
      expect(((await call('GET', elsewhere)) as Page).data).toEqual([]);
      if (retrieve) expect(await refusal(call('GET', `${elsewhere}/${made.id}`))).toMatchObject(NOT_FOUND);
      if (update) expect(await refusal(call('POST', `${elsewhere}/${made.id}`))).toMatchObject(NOT_FOUND);
      if (remove) expect(await refusal(call('DELETE', `${elsewhere}/${made.id}`))).toMatchObject(NOT_FOUND);
    });

  if (remove)
    test('deletes', async () => {
      const open = start();
      const { place, create, call } = maker(open);
      const path = await place(collection);
      const made = await create(collection, path);
      const stub = await call('DELETE', `${path}/${made.id}`);
      expect(stub).toMatchObject({ id: made.id, object: made.object, deleted: true });
      expect(conform(`deleted:${made.object}`, stub)).toEqual([]);
      expect(told(open, made)).toEqual([...announced(made, 'created'), ...announced(made, 'deleted')]);
      expect(((await call('GET', path, filterOf(collection, made))) as Page).data.map(({ id }) => id)).not.toContain(
        made.id,
      );
      expect(await refusal(call('DELETE', `${path}/${made.id}`))).toMatchObject(NOT_FOUND);
      if (update) expect(await refusal(call('POST', `${path}/${made.id}`))).toMatchObject(NOT_FOUND);
      const answer = retrieve && call('GET', `${path}/${made.id}`);
      const stays = retrieve?.returns.kind === 'ref' && retrieve.returns.to.includes(`deleted:${made.object}`);
      if (stays) expect(await answer).toEqual(stub);
      else if (answer) expect(await refusal(answer)).toMatchObject(NOT_FOUND);
    });
});

/** What a list requires to be narrowed by, taken from one of its objects. */
function filterOf({ list }: Collection, made: Made): JsonObject {
  const filter: JsonObject = {};
  for (const [name, field] of Object.entries(list.params)) {
    if (field.optional) continue;
    const value = made[name] as string | JsonObject;
    if (typeof value === 'string') filter[name] = value;
    else filter[`${name}[type]`] = value['type']!;
  }
  return filter;
}

type Page = { data: JsonObject[]; has_more: boolean };
const NOT_FOUND = { statusCode: 404, code: 'resource_missing' };

// A payment method can only be changed once it is somebody's.
const UNSAVED = ['payment_method'];

// A secret is told once, at creation.
const withoutSecret = (made: Made): JsonObject =>
  Object.fromEntries(Object.entries(made).filter(([name]) => name !== 'secret'));

const kindsOf = ({ create: { returns } }: Collection) => (returns.kind === 'ref' ? returns.to : []);

/** The events about an object without behaviour; those with behaviour have tests of their own. */
const told = ({ world }: ReturnType<typeof start>, { id, object }: Made) =>
  world.log.all
    .filter(({ event }) => ((event['data'] as JsonObject)['object'] as JsonObject)['id'] === id)
    .map(({ event }) => event.type)
    .filter(() => !resources.has(object));

/** What the catalogue says is told of it. */
function announced({ object }: Pick<Made, 'object'>, what: string): string[] {
  if (resources.has(object)) return [];
  return Object.keys(EVENT_SUBJECTS).filter(
    (type) => type.endsWith(`.${what}`) && EVENT_SUBJECTS[type]!.length === 1 && EVENT_SUBJECTS[type]![0] === object,
  );
}

test('the catalogue announces some of them, under their own names', () => {
  expect(announced({ object: 'topup' }, 'created')).toEqual(['topup.created']);
  expect(announced({ object: 'issuing.card' }, 'updated')).toEqual(['issuing_card.updated']);
  expect(all.flatMap((each) => announced(each, 'created')).length).toBeGreaterThanOrEqual(20);
});
