import { createReceiver } from 'paybell';
import { createSqliteStore } from 'paybell/sqlite';
import { serve } from './serve.ts';

// Ours, with everything on that `paybell serve` has on.
const [path, secret, work = 'work'] = process.argv.slice(2);
const store = createSqliteStore({ path: path! });
const receiver = createReceiver({ store, secrets: secret! });
if (work === 'handle') receiver.on('*', () => {});
if (work !== 'idle') void receiver.start();
serve(
  (request, response) => void receiver.node(request, response),
  { counts: () => store.counts(), status: () => receiver.status() },
  async () => {
    await receiver.close();
    await store.close();
  },
);
