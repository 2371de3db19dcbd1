import { Client } from 'pg';
import { expect, test } from 'vitest';
import { createPostgresStore, type PostgresStore } from '../../src/store/postgres/index.ts';
import { claim, NOW, put, record, result, sample, shown } from '../../src/testing/store-conformance/samples.ts';
import { ownServer, type OwnServer } from '../postgres-server.ts';

const EVENTS = 10_000;
const OBJECTS = 2_000;
/** Far more than any of these statements has to read, and far less than all there is. */
const FEW = 400;

/** A node of a plan that was run. */
interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: Node[];
}

/** Every statement in the log since `from`, with the tables it read and how many of their rows. */
function statements(log: string, from: number) {
  const found: { text: string; reads: { table: string; how: string; rows: number }[] }[] = [];
  for (const [, json] of log.slice(from).matchAll(/ plan:\n((?:\t.*\n)+)/g)) {
    const { 'Query Text': text, Plan: plan } = JSON.parse(json!.replaceAll(/^\t/gm, '')) as {
      'Query Text': string;
      Plan: Node;
    };
    found.push({ text, reads: [...reads(plan)] });
  }
  return found;
}

function* reads(node: Node): Generator<{ table: string; how: string; rows: number }> {
  const table = node['Relation Name'];
  if (table !== undefined && node['Node Type'].includes('Scan')) {
    const each =
      node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
    yield { table, how: `${node['Node Type']} ${node['Index Name'] ?? ''}`, rows: each * node['Actual Loops'] };
  }
  for (const inner of node.Plans ?? []) yield* reads(inner);
}

/** Runs something, and says which of its statements read more than a few rows of a large table. */
async function examine(own: OwnServer, what: string, run: () => Promise<unknown>) {
  const from = own.log().length;
  await run();
  const all = statements(own.log(), from).filter(({ text }) => /paybell/.test(text));
  const large = new Set(['events', 'payloads', 'handler_records', 'lanes', 'mirror']);
  const bad = all.flatMap(({ text, reads }) =>
    reads
      .filter(({ table, how, rows }) => large.has(table) && (how.startsWith('Seq Scan') || rows > FEW))
      .map((read) => ({ what, ...read, text: text.trim().slice(0, 80) })),
  );
  return { all, bad };
}

const operations: Record<string, (store: PostgresStore, round: number) => Promise<unknown>> = {
  insert: (store, round) =>
    put(store, ...Array.from({ length: 10 }, (_, i) => sample({ id: `evt_n${round}_${i}`, objectId: `ch_${i}` }))),
  'count a duplicate': (store) => put(store, sample({ id: 'evt_77' }), sample({ id: 'evt_78' })),
  'an event not proven': (store, round) =>
    put(
      store,
      sample({ id: `evt_u${round}`, proof: null, receivedAt: 1 }),
      sample({ id: 'evt_79', proof: null, receivedAt: 1 }),
    ),
  judge: async (store) => {
    const lane = (await claim(store, { limit: 5 })).find(({ events }) => events[0]!.valid !== true)!;
    const of = {
      seq: lane.events[0]!.seq,
      lane: lane.lane,
      owner: 'a',
      lease: lane.lease,
      now: NOW,
      attempts: 1,
      verified: null,
    };
    await store.judge([{ ...of, valid: null, reason: 'r', state: 'dead', readyAt: null }]);
  },
  'next due': (store) => store.nextDue(),
  'claim and settle': async (store) => {
    const lanes = await claim(store, { limit: 10 });
    expect(lanes).toHaveLength(10);
    const { seq } = lanes[0]!.events[0]!;
    const mirror = { ...shown('{}'), id: 'ch_5' };
    await store.settle(
      lanes.map((lane, i) => result(lane, i === 0 ? { records: [record(seq)], mirror, wake: true } : {})),
    );
  },
  'take up and finish': async (store, round) => {
    const lease = 1_000_000 + round;
    const events = Array.from({ length: 10 }, (_, i) => {
      const id = `t${round}_${i}`;
      const mirror = { ...shown('{}'), id: `ch_${id}` };
      return sample({ id: `evt_${id}`, objectId: `ch_${id}`, shortcut: { step: 'work', mirror } });
    });
    const received = await store.receive({
      events,
      refused: [],
      keepRefused: 1,
      lease: { owner: 'a', lease, until: NOW + 30_000 },
    });
    const results = received.map(({ seq }, i) => {
      const lane = { lane: ` charge ${events[i]!.objectId}`, lease, events: [{ seq: seq! }] };
      return result(lane as never, { records: [record(seq!)] });
    });
    expect(await store.settle(results)).toEqual(results.map(() => ({ outcome: 'settled' })));
  },
  renew: (store) => store.renew('a', [' charge ch_1'], NOW + 60_000),
  history: (store) => store.history(' charge ch_7'),
  'one event': (store) => store.getEvent('evt_5'),
  'one object': (store) => store.getObject('charge', 'ch_5'),
  'a page of events': (store) => store.listEvents({ limit: 20 }),
  'a page of dead events': (store) => store.listEvents({ state: 'dead' }),
  'events by id': (store) => store.listEvents({ id: 'evt_9' }),
  'a page of objects': (store) => store.listObjects({ object: 'charge', limit: 20 }),
};

/** What can be done when there is next to nothing. */
const FIRST = ['count a duplicate', 'next due', 'renew', 'history', 'one event', 'one object', 'a page of events'];

test.each([
  ['never analysed', [] as number[]],
  // As autovacuum does it with a table whose rows come and go, at any moment: the plans of then stay until it comes again.
  ['analysed while they were empty', [0]],
  ['analysed with a few rows in them', [6]],
])(
  'at 10,000 events everything that repeats finds its rows by an index, in tables %s, and analysed',
  async (_, early) => {
    const explain = { min_duration: 0, analyze: 'on', timing: 'off', format: 'json', nested_statements: 'off' };
    const settings = Object.fromEntries(
      Object.entries(explain).map(([name, value]) => [`auto_explain.log_${name}`, String(value)]),
    );
    await using server = await ownServer({
      settings: { session_preload_libraries: 'auto_explain', autovacuum: 'off', ...settings },
    });
    const url = await server.database();
    // One store from the empty tables on, so that its plans are made when there is nothing yet.
    await using store = await createPostgresStore({ url, workConnections: 1, ingestConnections: 1 });
    const client = new Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    for (let i = 0; i < 12; i += 1) {
      if (early.includes(i)) await client.query('ANALYZE');
      for (const operation of ['insert', 'claim and settle', 'take up and finish'])
        await operations[operation]!(store, -i);
      for (const operation of FIRST) await operations[operation]!(store, -i);
    }
    await client.query(`
    INSERT INTO paybell.events (seq, account, id, type, created, object, object_id, lane, valid, proof, state, ready_at, deliveries, received_at, last_received_at)
    SELECT nextval('paybell.events_seq'), '', 'evt_' || i, 'charge.updated', 1790000000 + i, 'charge', 'ch_' || i % ${OBJECTS}, ' charge ch_' || i % ${OBJECTS},
           true, 'x', CASE WHEN i % 5 = 4 THEN 'pending' ELSE 'done' END, 5, 1, ${NOW}, ${NOW} FROM generate_series(1, ${EVENTS}) AS i ON CONFLICT DO NOTHING;
    INSERT INTO paybell.payloads (seq, body) SELECT seq, '{}' FROM paybell.events ON CONFLICT DO NOTHING;
    INSERT INTO paybell.handler_records (seq, handler, state, attempts, failures, late, updated_at) SELECT seq, 'h', 'done', 1, 0, false, 1 FROM paybell.events WHERE state = 'done' ON CONFLICT DO NOTHING;
    INSERT INTO paybell.lanes (lane, due_at) SELECT DISTINCT lane, 5 FROM paybell.events WHERE state = 'pending' ON CONFLICT DO NOTHING;
    INSERT INTO paybell.mirror SELECT 'charge', '', 'ch_' || i, '{}', NULL, 'evt', 1, 1, false, false, 1 FROM generate_series(1, ${OBJECTS}) AS i ON CONFLICT DO NOTHING`);
    expect(Number((await client.query('SELECT count(*) FROM paybell.events')).rows[0].count)).toBeGreaterThan(EVENTS);

    await using later = await createPostgresStore({ url });
    const rounds = { early: store, late: later };
    let round = 0;
    for (const analysed of [false, true]) {
      if (analysed) await client.query('VACUUM ANALYZE');
      for (const [name, one] of Object.entries(rounds))
        for (const [what, run] of Object.entries(operations)) {
          const { all, bad } = await examine(
            server.own,
            `${what}, ${name}, ${analysed ? 'analysed' : 'not analysed'}`,
            () => run(one, (round += 1)),
          );
          expect(bad).toEqual([]);
          // Otherwise the log was misread, and this has shown nothing.
          expect({
            what,
            statements: all.length > 0,
            tables: all.flatMap(({ reads }) => reads).length > 0 || what === 'insert',
          }).toEqual({ what, statements: true, tables: true });
        }
    }

    // And a statement that reads everything is seen to.
    const from = server.own.log().length;
    await client.query(`SELECT count(*) FROM paybell.events WHERE reason = 'x'`);
    const [scan] = statements(server.own.log(), from);
    expect(scan!.reads[0]).toMatchObject({ table: 'events', how: 'Seq Scan ' });
    expect(scan!.reads[0]!.rows).toBeGreaterThan(EVENTS);
    await client.end();
  },
  60_000,
);
