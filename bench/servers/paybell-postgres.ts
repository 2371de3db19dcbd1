import { createReceiver } from 'paybell';
import { createPostgresStore } from 'paybell/postgres';
import { serve } from './serve.ts';

const [url, secret, work = 'work'] = process.argv.slice(2);
const store = await createPostgresStore({ url: url! });
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
