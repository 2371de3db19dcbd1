import { expect, test } from 'vitest';
import { createConsole, createLatencies } from '../../src/console/index.ts';
import { createReceiver } from '../../src/receiver/index.ts';
import { logging, makeLog, scrubber } from '../../src/cli/log.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { signedRequest } from '../../src/testing/index.ts';
import { eventBody } from '../doors/deliver.ts';

const SECRET = 'whsec_canary0000000000000000000000';
const API_KEY = 'rk_live_CANARYKEY12345678';
const BODY_CANARY = 'canary-in-the-body';
const PASSWORD = 'canary-password';

/** A receiver whose log is collected. */
function logged(options: Partial<Parameters<typeof createReceiver>[0]> = {}) {
  const lines: string[] = [];
  const secrets = [SECRET, API_KEY, `postgres://paybell:${PASSWORD}@db.internal:5432/shop`];
  const log = makeLog('debug', secrets, { write: (line) => void lines.push(line) });
  const { observe, onProblem } = logging(log);
  const latencies = createLatencies(observe);
  const store = createSqliteStore({ path: ':memory:' });
  const receiver = createReceiver({ store, secrets: SECRET, observe: latencies.observer, onProblem, ...options });
  const parsed = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, parsed, log, onProblem, store, receiver, latencies };
}

const body = () => eventBody().replace('café'.normalize(), BODY_CANARY).replace('"description"', `"${BODY_CANARY}"`);
const url = 'http://user:canary-url@127.0.0.1:4242/payments/webhook/?token=canary-query';
const withoutUser = url.replace('user:canary-url@', '');

test('every outcome has a line of its level, and no line tells a secret, a body, an address or a key', async () => {
  const { lines, parsed, receiver, store, onProblem, log } = logged({ retry: { attempts: 1 } });
  let mode = 'leak';
  receiver.on('charge.succeeded', ({ event, defer }) => {
    if (mode === 'leak') throw new Error(`no: ${JSON.stringify(event)} ${SECRET} ${API_KEY} ${url}`);
    if (mode === 'defer') defer(JSON.stringify(event));
  });
  const send = (text: string, secret = SECRET) => receiver.fetch(signedRequest(text, { secret, url: withoutUser }));
  const first = body();
  await send(first);
  await send(first);
  await send(body(), 'whsec_other000000000000000000000000');
  await receiver.fetch(new Request(withoutUser, { method: 'POST', body: body() }));
  await receiver.drain();
  mode = 'defer';
  await send(body());
  await receiver.drain();
  mode = 'done';
  await send(body());
  await receiver.drain();
  // What drivers and the user's own functions may say when they fail.
  onProblem(
    'a delivery could not be stored',
    new Error(`connect to postgres://paybell:${PASSWORD}@db.internal:5432/shop`),
  );
  onProblem('a delivery could not be verified', new Error(`no secret like ${SECRET} at https://vault/${BODY_CANARY}`));
  onProblem('the store did not answer', Object.assign(new Error(`key ${API_KEY}\n${first}`), { code: 'SQLITE_BUSY' }));
  log.info({ secret: 'canary-secret', headers: { authorization: 'canary-auth' }, options: { apiKey: 'canary-key' } });
  await store.close();
  await send(body());

  const shown = parsed().map(({ level, msg, reason, outcome }) => [level, msg, reason ?? outcome ?? null]);
  expect(shown).toEqual([
    ['debug', 'delivery', 'stored'],
    ['debug', 'delivery', 'duplicate'],
    ['warn', 'delivery refused', 'no_match'],
    ['warn', 'delivery refused', 'header_missing'],
    ['error', 'handler failed', 'dead'],
    ['debug', 'delivery', 'stored'],
    ['debug', 'handler deferred', 'deferred'],
    ['debug', 'delivery', 'stored'],
    ['debug', 'handled', 'done'],
    ['error', 'a delivery could not be stored', null],
    ['error', 'a delivery could not be verified', null],
    ['error', 'the store did not answer', null],
    ['info', undefined, null],
    ['error', 'a delivery could not be stored', null],
    ['error', 'delivery not stored', 'failed'],
  ]);
  expect(parsed().find(({ msg }) => msg === 'handler failed')).toMatchObject({
    event: expect.stringMatching(/^evt_/),
    handler: 'charge.succeeded',
    attempt: 1,
  });
  expect(lines.filter((line) => /canary|CANARY|password|café|\?token/.test(line))).toEqual([]);
});

test('a line loses keys, secrets and all of an address but its host', () => {
  const scrub = scrubber(['s3cret']);
  expect(scrub('a s3cret b')).toBe('a … b');
  expect(scrub('sk_test_123abc rk_live_***4 whsec_abc')).toBe('sk_test_… rk_live_… whsec_…');
  expect(scrub('"at https://u:p@host.example:1/a/b?c=d#e"')).toBe('"at https://host.example:1/…"');
  expect(scrub('{"event":"evt_1","path":"/payments/webhook/"}')).toBe('{"event":"evt_1","path":"/payments/webhook/"}');
});

test('metrics have histograms of answers and of handlers', async () => {
  const { receiver, store, latencies } = logged();
  receiver.on('charge.succeeded', () => {});
  const console = createConsole({ receiver, store, latencies, addresses: {} });
  await receiver.fetch(signedRequest(body(), { secret: SECRET }));
  await receiver.fetch(signedRequest(body(), { secret: 'whsec_other' }));
  await receiver.drain();
  const text = await (await console.fetch(new Request('http://127.0.0.1/metrics'))).text();
  expect(text).toContain('paybell_acknowledgement_seconds_count{outcome="stored"} 1');
  expect(text).toContain('paybell_acknowledgement_seconds_count{outcome="refused"} 1');
  expect(text).toContain('paybell_handler_seconds_count{handler="charge.succeeded",outcome="done"} 1');
});

test('an observer that throws harms nothing', async () => {
  const problems: string[] = [];
  const broken = () => {
    throw new Error('broken');
  };
  const { receiver } = logged({
    observe: { delivered: broken, handled: broken },
    onProblem: (what) => void problems.push(what),
  });
  receiver.on('*', () => {});
  expect((await receiver.fetch(signedRequest(body(), { secret: SECRET }))).status).toBe(200);
  await receiver.drain();
  expect(problems).toEqual(['`observe` threw', '`observe` threw']);
  expect((await receiver.status()).store.events.done).toBe(1);
});
