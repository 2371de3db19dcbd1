import { Hono } from 'hono';
import { isObject, type JsonObject } from '../../base/json.ts';
import { COLUMNS } from '../../stripe/columns.gen.ts';
import type { MirrorObject } from '../../store/store.ts';
import { changesOf } from '../changes.ts';
import { cellOf, columnsOf } from '../columns.ts';
import { eventRow } from '../event-row.ts';
import { lifeOf } from '../life.ts';
import { linksOf } from '../links.ts';
import type { Settings } from '../options.ts';
import { numberIn } from '../query.ts';
import { invalid, missing } from '../refusal.ts';
import type { ObjectDetails, ObjectPage, ObjectTypes } from './types.ts';

const MOMENTS = 200;

/** The mirror: which types it holds, a page of one of them, and one object with its life. */
export function objectRoutes({ store }: Settings): Hono {
  const app = new Hono();
  const viewOf = (object: string): string => COLUMNS[object]?.view ?? '';

  app.get('/objects', async (c) => {
    const types = Object.entries(await store.objectTypes())
      .map(([object, count]) => ({ object, view: viewOf(object), count }))
      .toSorted((a, b) => b.count - a.count || (a.object < b.object ? -1 : 1));
    return c.json({ types } satisfies ObjectTypes);
  });

  app.get('/objects/:object', async (c) => {
    const object = c.req.param('object');
    const query = c.req.query();
    const { account, after } = query;
    const limit = numberIn(query, 'limit', { min: 1, max: 500 }) ?? 100;
    const { items, next } = await store
      .listObjects({ object, limit, ...(account !== undefined && { account }), ...(after && { after }) })
      .catch((error: unknown) => {
        throw error instanceof TypeError || error instanceof SyntaxError
          ? invalid('after is the `next` of the page before.')
          : error;
      });
    const columns = columnsOf(object);
    return c.json({
      object,
      view: viewOf(object),
      columns: columns.map(({ name, type, money }) => ({ name, type, money })),
      rows: items.map(({ json, account, id, deleted, ambiguous, updatedAt }) => {
        const state = stateOf(json);
        return { account, id, deleted, ambiguous, updatedAt, cells: columns.map((column) => cellOf(state, column)) };
      }),
      next,
    } satisfies ObjectPage);
  });

  app.get('/objects/:object/:id', async (c) => {
    const { object, id } = c.req.param();
    const account = c.req.query('account') ?? '';
    const found = await store.getObject(object, id, account);
    if (!found) throw missing(`${object} ${id} in the mirror`);
    const { deleted, ambiguous, updatedAt, json } = found;
    const state = stateOf(json);
    const history = await historyOf(found);
    const links = await linksOf(store, { object, id, account }, state);
    const details = { object, id, account, deleted, ambiguous, updatedAt, state, history, links };
    return c.json(details satisfies ObjectDetails);
  });

  async function historyOf({ account, object, id: objectId }: MirrorObject): Promise<ObjectDetails['history']> {
    const of = { account, object, objectId };
    const life = await lifeOf(store, of);
    const { items } = await store.listEvents({ ...of, valid: true, copies: false, limit: 1_000 });
    const rows = new Map(items.map((event) => [event.seq, eventRow(event)]));
    return life
      .flatMap(({ seq, object }, place) => {
        // Copies of the API are not listed, but what they showed is where the next event began.
        const event = rows.get(seq);
        const changes = place === 0 ? [] : changesOf(life[place - 1]!.object, object);
        return event ? [{ event, changes }] : [];
      })
      .slice(-MOMENTS);
  }

  return app;
}

function stateOf(json: string): JsonObject {
  const state: unknown = JSON.parse(json);
  return isObject(state) ? state : {};
}
