// One of several processes on one database: a door, a worker, and a handler that writes down what it does.
// Run with the database's URL; tells its parent the port it listens on.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { createReceiver } from '../../../src/receiver/index.ts';
import { createPostgresStore } from '../../../src/store/postgres/index.ts';
import { SECRET } from '../../receiver/events.ts';

const url = process.argv[2]!;
const notes = new Pool({ connectionString: url, max: 5 });
// Four processes have to share the server's hundred connections.
const store = await createPostgresStore({ url, effectConnections: 4 });
const receiver = createReceiver({
  store,
  secrets: SECRET,
  lease: 5_000,
  poll: 500,
  tolerance: 10 ** 9,
  onProblem: () => {},
});

receiver.on('*', async ({ event, object, tx }) => {
  const id = (object as unknown as { id: string }).id;
  const { rows } = await notes.query<{ run: number }>(
    'INSERT INTO runs (event, object, pid) VALUES ($1, $2, $3) RETURNING run',
    [event.id, id, process.pid],
  );
  await sleep(30);
  tx(async (client) => {
    await client.query('INSERT INTO effects (event, object) VALUES ($1, $2)', [event.id, id]);
  });
  await notes.query('UPDATE runs SET ended = clock_timestamp() WHERE run = $1', [rows[0]!.run]);
});
await receiver.start();

const server = createServer((request, response) => void receiver.node(request, response));
server.listen(0, '127.0.0.1', () => process.send!((server.address() as { port: number }).port));
process.on('disconnect', () => process.exit());
