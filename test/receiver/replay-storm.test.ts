import { afterAll, expect, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import type { Store } from '../../src/store/store.ts';
import { postgresServer, type TestServer } from '../postgres-server.ts';
import { temporaryFolder } from '../cli/paybell.ts';
import { anEvent, delivery, SECRET } from './events.ts';
import { of } from './set-up.ts';

let server: TestServer | undefined;
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const EVENTS = 200;
const OBJECTS = 20;

/** Connections of three processes to one database. */
const STORES: Record<string, (folder: string) => Promise<Store[]>> = {
  SQLite: async (folder) => [0, 1, 2].map(() => createSqliteStore({ path: `${folder}/paybell.db` })),
  async PostgreSQL() {
    const url = await (server ??= await postgresServer()).database();
    return Promise.all([0, 1, 2].map(() => createPostgresStore({ url })));
  },
};

test.each(Object.keys(STORES))(
  'replays beside a server, half of them interrupted, with handlers that fail now and then: %s',
  async (kind) => {
    using folder = temporaryFolder();
    const stores = await STORES[kind]!(folder.path);
    const ran = new Set<string>();
    const inside = new Map<string, number>();
    let most = 0;
    let turns = 0;
    const work = async (event: { id: string }, object: string): Promise<void> => {
      const company = (inside.get(object) ?? 0) + 1;
      inside.set(object, company);
      most = Math.max(most, company);
      turns += 1;
      await new Promise((resolve) => setTimeout(resolve, turns % 8));
      inside.set(object, inside.get(object)! - 1);
      ran.add(event.id);
      if (turns % 20 === 0) throw new Error('now and then');
    };
    const receiver = (index: number, began = () => {}) =>
      createReceiver({
        store: stores[index]!,
        secrets: SECRET,
        retry: { attempts: 30, base: 50, cap: 500 },
        poll: 200,
      }).on(
        '*',
        ({ event, object }) => {
          began();
          return work(event, (object as unknown as { id: string }).id);
        },
        { name: 'h' },
      );

    const app = receiver(0);
    await app.start();
    const now = Math.floor(Date.now() / 1000);
    const many = Promise.withResolvers<void>();
    const delivered = (async () => {
      for (let i = 0; i < EVENTS; i += 1) {
        const event = anEvent(of(`ch_${i % OBJECTS}`, `evt_${i}`, now + i));
        expect((await app.fetch(delivery(event, { at: Math.floor(Date.now() / 1000) }))).status).toBe(200);
        if (i === EVENTS / 4) many.resolve();
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    const stopped: boolean[] = [];
    const replays = [1, 2].map(async (index) => {
      await many.promise;
      for (let round = 0; round < 6; round += 1) {
        const first = Promise.withResolvers<void>();
        const replaying = receiver(index, first.resolve);
        const replay = replaying.replay({ type: '*' });
        if (round % 2 === 1) {
          await Promise.race([first.promise, replay]);
          await replaying.close({ grace: 0 });
        }
        stopped.push((await replay).stopped);
        await replaying.close();
      }
    });
    await Promise.all([delivered, ...replays]);
    expect(stopped.filter(Boolean).length).toBeGreaterThan(2);

    // Less than a lease: nothing stands still until one ends.
    await expect
      .poll(async () => (await app.status()).store.events, { timeout: 15_000 })
      .toMatchObject({ done: EVENTS });
    expect(ran.size).toBe(EVENTS);
    expect(most).toBe(1);
    await app.close();
    for (const store of stores) await store.close();
  },
  60_000,
);
