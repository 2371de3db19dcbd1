import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createReceiver } from '../../src/receiver/index.ts';
import { createSqliteStore } from '../../src/store/sqlite/index.ts';
import { anEvent, delivery, SECRET } from './events.ts';
import { of } from './set-up.ts';

/** What a program of its own prints, in which nothing else keeps the process alive. */
function printed(program: string): string {
  const src = join(import.meta.dirname, '../../src');
  const script = `
    import { createReceiver } from ${JSON.stringify(join(src, 'receiver/index.ts'))};
    import { createSqliteStore } from ${JSON.stringify(join(src, 'store/sqlite/index.ts'))};
    import { signedRequest } from ${JSON.stringify(join(src, 'testing/index.ts'))};
    const secrets = ${JSON.stringify(SECRET)};
    const store = createSqliteStore({ path: ':memory:' });
    const event = { id: 'evt_1', object: 'event', type: 'charge.captured', created: 1, livemode: false,
      data: { object: { id: 'ch_1', object: 'charge' } } };
    const delivery = () => signedRequest(JSON.stringify(event), { secret: secrets, url: 'http://x/payments/webhook/' });
    ${program}`;
  const flags = ['--disable-warning=ExperimentalWarning', '--conditions=paybell-source', '--input-type=module', '-e'];
  return execFileSync(process.execPath, [...flags, script], { encoding: 'utf8', timeout: 20_000 });
}

test('a program that waits for ensure gets its answer', () => {
  const shown = printed(`
    const stripe = { events: { retrieve: async () => {} }, rawRequest: async () => ({ id: 'cs_1', object: 'checkout.session' }) };
    const receiver = createReceiver({ store, secrets, stripe }).on('*', () => {});
    const { finished } = await receiver.ensure('checkout.session', 'cs_1', { timeout: 300 });
    console.log('finished', finished);`);
  expect(shown).toBe('finished false\n');
});

test('a program that closes goes on after it, and its handlers are told', () => {
  const shown = printed(`
    const receiver = createReceiver({ store, secrets });
    receiver.on('*', ({ signal }) => new Promise((_, no) => signal.addEventListener('abort', () => { console.log('told'); no(signal.reason); })));
    await receiver.start();
    await receiver.fetch(delivery());
    await new Promise((begun) => setImmediate(() => setImmediate(begun)));
    await receiver.close({ grace: 200 });
    console.log('closed');`);
  expect(shown).toBe('told\nclosed\n');
});

test('whoever drains or waits is let go when it is closed, whatever a handler still does', async () => {
  const store = createSqliteStore({ path: ':memory:' });
  const never = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const receiver = createReceiver({ store, secrets: SECRET }).on('*', () => {
    begun.resolve();
    return never.promise;
  });
  onTestFinished(async () => {
    never.resolve();
    await store.close();
  });
  await receiver.fetch(delivery(anEvent(of('ch_1', 'evt_1')), { at: Math.floor(Date.now() / 1000) }));
  const waiting = [receiver.drain(), begun.promise.then(() => receiver.idle())];
  await begun.promise;
  await receiver.close({ grace: 20 });
  await Promise.all(waiting);
});

test('starting twice at once, or closing meanwhile, leaves nothing running', async () => {
  const kept = createSqliteStore({ path: ':memory:' });
  onTestFinished(() => kept.close());
  let watching = 0;
  const store = {
    ...kept,
    database: kept.database,
    async owners() {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return kept.owners();
    },
    watch() {
      watching += 1;
      return () => void (watching -= 1);
    },
  };
  const twice = createReceiver({ store, secrets: SECRET });
  await Promise.all([twice.start(), twice.start()]);
  expect(watching).toBe(1);
  await twice.close();
  expect(watching).toBe(0);

  const closed = createReceiver({ store, secrets: SECRET });
  const starting = closed.start();
  await closed.close();
  await starting;
  expect(watching).toBe(0);
  expect((await closed.status()).running).toBe(false);
});
