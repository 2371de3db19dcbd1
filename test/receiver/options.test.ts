import { expect, onTestFinished, test } from 'vitest';
import { paybellFastify } from '../../src/receiver/fastify.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { createPostgresStore } from '../../src/store/postgres/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { anEvent, delivery, SECRET } from './events.ts';
import { setUp } from './set-up.ts';

function aStore() {
  const store = createSqliteStore({ path: ':memory:' });
  onTestFinished(() => store.close());
  return store;
}

test.each<[string, object | undefined, RegExp]>([
  ['no options', undefined, /createReceiver takes an object with store, secrets, .*; this was undefined/],
  ['no store', { store: undefined }, /store is undefined; it must be what createSqliteStore/],
  ['a store that nobody waited for', { store: Promise.resolve() }, /store is a promise, to be awaited first/],
  ['the path of a store', { store: 'paybell.db' }, /store is "paybell\.db"/],
  [
    'an option that does not exist',
    { tolerence: 60 },
    /createReceiver has no option tolerence; did you mean tolerance\?/,
  ],
  ['one that is like nothing', { zzz: 1 }, /has no option zzz; it has store, /],
  ['a mode from the environment', { livemode: 'true' }, /livemode is "true"; it must be true or false/],
  ['one account instead of a list', { accounts: 'acct_1' }, /accounts is another text; it must be a list/],
  ['a key instead of the SDK', { stripe: 'sk_test_1' }, /stripe is another text; it must be .*new Stripe\(key\)/],
  ['a way to verify that is none', { verify: 'header' }, /verify is "header"; it must be "signature", "api" or "both"/],
  ['a number as a text', { tolerance: '300' }, /tolerance is "300"; it must be a whole number above 0/],
  ['a fraction', { concurrency: 1.5 }, /concurrency is 1\.5/],
  ['an address', { path: 'https://example.com/hook' }, /path is "https.*a path that begins with a slash/],
  ['a path with a query', { path: ['/a?b=c'] }, /path\[0\] is "\/a\?b=c"/],
  ['no path at all', { path: [] }, /path is an empty list/],
  ['an endpoint without a path', { endpoints: [{ secrets: SECRET }] }, /endpoints\[0\]\.path is undefined/],
  [
    'a typo in an endpoint',
    { endpoints: [{ path: '/a', secret: 'x' }] },
    /endpoints\[0\] has no option secret; did you mean secrets/,
  ],
  ['a typo in a group', { retry: { attempt: 3 } }, /retry has no option attempt; did you mean attempts/],
  ['a path that never comes so', { path: '/zahlung/ü' }, /path is "\/zahlung\/ü"; it must be .*percent-encoded/],
  [
    'an observer of nothing',
    { observe: { onDelivered() {} } },
    /observe is an object; it must be .*delivered, or handled/,
  ],
  ['no attempts', { retry: { attempts: 0 } }, /retry\.attempts is 0/],
  ['days without their name', { retention: 30 }, /retention takes an object with days, rows or dead; this was 30/],
  ['a time for masking that is none', { redact: { fields: 'email', when: 'later' } }, /redact\.when is "later"/],
  ['fields that are none', { redact: [7] }, /redact is a list/],
  ['a mirror that is none', { mirror: 'late' }, /mirror is "late"; it must be true, false or "later"/],
  ['what cannot be called', { onProblem: 'log' }, /onProblem is "log"; it must be a function/],
])('%s: the error names the cause, and never a secret', (_, given, said) => {
  const options = given && { store: aStore(), ...('endpoints' in given ? {} : { secrets: SECRET }), ...given };
  const create = () => createReceiver(options as never);
  expect(create).toThrow(
    expect.objectContaining({ code: 'bad_option', message: expect.stringMatching(said) as string }),
  );
});

test('what is asked of a receiver is checked before anything is done', async () => {
  const { receiver } = setUp({ secrets: SECRET });
  const refused = (asked: Promise<unknown>, said: RegExp) =>
    expect(asked).rejects.toMatchObject({ code: 'bad_option', message: expect.stringMatching(said) as string });
  // Without this, a typo would run every event there is.
  await refused(receiver.replay({ tpye: 'invoice.paid' } as never), /replay has no option tpye; did you mean type\?/);
  await refused(receiver.replay(undefined as never), /replay takes an object with id, /);
  await refused(
    receiver.replay({ since: new Date() as never }),
    /since is an object; it must be a time in milliseconds/,
  );
  await refused(receiver.replay({ since: 1_790_000_000 }), /since is 1790000000; it must be a time in milliseconds/);
  await refused(receiver.replay({ state: 'failed' as never }), /state is "failed"; it must be /);
  await refused(receiver.replay({}, { dryrun: true } as never), /replay has no option dryrun; did you mean dryRun\?/);
  await refused(receiver.ensure('customer', undefined as never), /id is undefined; it must be an object's id/);
  await refused(receiver.ensure('customer', ''), /id is ""/);
  await refused(receiver.ensure('customer', '..'), /id is "\.\."/);
  await refused(receiver.ensure('customer', 'cus_1', { timeout: '5' as never }), /timeout is "5"/);
  await refused(receiver.reconcile({ account: 'acct_1' } as never), /has no option account; did you mean accounts\?/);
  await refused(receiver.backfill({ objects: 'customer' as never }), /objects is "customer"; it must be a list/);
  await refused(receiver.backfill({ perSecond: 0 }), /perSecond is 0/);
  await refused(receiver.adopt([], { requestedAt: 1_790_000_000 }), /requestedAt is 1790000000/);
  await refused(receiver.forget('cus_1', { compress: true } as never), /forget has no option compress/);
  await refused(receiver.prune({ days: '30' as never }), /days is "30"/);
  await refused(receiver.close({ grace: '1' as never }), /grace is "1"/);
  expect(() => receiver.on('charge.captured', undefined as never)).toThrow(
    /charge\.captured is undefined; it must be a function/,
  );
  expect(() => receiver.on('charge.captured', () => {}, { attempt: 3 } as never)).toThrow(/did you mean attempts\?/);
  expect(() => receiver.on(['charge.captured'] as never, () => {})).toThrow(
    expect.objectContaining({ code: 'bad_pattern' }),
  );
  await expect(paybellFastify({}, {} as never)).rejects.toMatchObject({ code: 'bad_option' });
  expect(() => createSqliteStore('paybell.db' as never)).toThrow(/createSqliteStore takes an object with path/);
  await refused(
    createPostgresStore({ connectionString: 'postgres://x' } as never),
    /createPostgresStore has no option connectionString/,
  );
  await refused(createPostgresStore({ url: 'postgres://x', schema: 'A' }), /schema is "A"/);
});

test('a secrets function that answers nothing is named, and Stripe is asked to send again', async () => {
  const problems: unknown[] = [];
  const { receiver, store } = setUp({
    secrets: (() => undefined) as never,
    onProblem: (_: string, error: unknown) => void problems.push(error),
  });
  const response = await receiver.fetch(delivery(anEvent({ account: 'acct_1' })));
  expect(response.status).toBe(503);
  expect(problems).toEqual([
    expect.objectContaining({
      code: 'bad_secret',
      message: expect.stringMatching(/answered nothing for the path .*acct_1/) as string,
    }),
  ]);
  expect((await store.listEvents()).items).toEqual([]);
});

test('a secrets function that has none is told of in the record; one that never answers holds no delivery up', async () => {
  const { receiver, store } = setUp({ secrets: () => [] });
  expect(await (await receiver.fetch(delivery(anEvent()))).json()).toEqual({ error: 'refused', reason: 'no_match' });
  const [refused] = (await store.listRefused()).items;
  expect(refused).toMatchObject({ detail: expect.stringContaining('`secrets` has none for it') as string });

  const problems: string[] = [];
  const onProblem = (_: string, error: unknown) => void problems.push((error as Error).message);
  const { receiver: hanging, clock } = setUp({ secrets: () => new Promise(() => {}), answerWithin: 500, onProblem });
  const answer = hanging.fetch(delivery(anEvent()));
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
  clock.advance(500);
  expect((await answer).status).toBe(503);
  expect(problems).toEqual([expect.stringContaining('took longer than 500 ms')]);
});

test.each(['whsec_new,SECRET', 'SECRET,whsec_new', 'whsec_new\nSECRET\n', ' SECRET whsec_new '])(
  'several secrets in one text, as an environment variable has them: %j',
  async (secrets) => {
    const { receiver } = setUp({ secrets: secrets.replace('SECRET', SECRET) });
    expect((await receiver.fetch(delivery(anEvent()))).status).toBe(200);
    expect((await receiver.status()).secrets).toHaveLength(2);
    const chosen = setUp({ secrets: () => secrets.replace('SECRET', SECRET) });
    expect((await chosen.receiver.fetch(delivery(anEvent()))).status).toBe(200);
  },
);

test('what an endpoint leaves undefined is as given beside it; what answers later than at once lets nobody in', async () => {
  const endpoints = [{ path: '/payments/webhook', livemode: undefined, accounts: undefined }];
  const { receiver } = setUp({ livemode: true, accounts: ['acct_1'], endpoints });
  expect((await receiver.fetch(delivery(anEvent()))).status).toBe(400);
  expect((await receiver.fetch(delivery({ ...anEvent(), livemode: true }))).status).toBe(400);
  expect((await receiver.fetch(delivery({ ...anEvent({ account: 'acct_1' }), livemode: true }))).status).toBe(200);
  const problems: string[] = [];
  const onProblem = (_: string, error: unknown) => void problems.push((error as Error).message);
  const { receiver: later } = setUp({ accounts: (async () => false) as never, onProblem });
  expect((await later.fetch(delivery(anEvent()))).status).toBe(503);
  expect(problems).toEqual([expect.stringMatching(/accounts.*true or false, and at once/)]);
});

test('functions that tell others may fail, at once or later: nothing comes of it', async () => {
  const fails = (): void => {
    throw new Error('metrics are away');
  };
  const later = (async () => fails()) as () => void;
  for (const one of [fails, later]) {
    const { receiver } = setUp({ observe: { delivered: one, handled: one }, onProblem: one });
    receiver.on('*', () => {});
    expect((await receiver.fetch(delivery(anEvent()))).status).toBe(200);
    expect((await receiver.fetch(delivery(anEvent(), { url: 'http://localhost/elsewhere' }))).status).toBe(404);
    await receiver.drain();
    // A rejection nobody waits for would fail this run.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});
