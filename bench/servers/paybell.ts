import { createReceiver } from 'paybell';
import { createPostgresStore } from 'paybell/postgres';
import { createSqliteStore } from 'paybell/sqlite';
import { serve } from './serve.ts';

// Ours, with everything on that `paybell serve` has on.
const [where, secret, work = 'work'] = process.argv.slice(2);
const store = where!.startsWith('postgres')
  ? await createPostgresStore({ url: where! })
  : createSqliteStore({ path: where! });
const mirror = work === 'later' ? 'later' : true;
const receiver = createReceiver<never>({ store: store as never, secrets: secret!, mirror });
if (work === 'handle') receiver.on('*', () => {});
if (work !== 'idle') void receiver.start();
serve(
  (request, response) => void receiver.node(request, response),
  // Not by counting, which takes longer the more there is.
  {
    counts: () => store.counts(),
    idle: async () => (await store.nextDue()) === undefined,
    status: () => receiver.status(),
  },
  async () => {
    await receiver.close();
    await store.close();
  },
);
