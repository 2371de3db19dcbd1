import { createReceiver } from '../../receiver/index.ts';
import { loadSdk } from '../../scenarios/index.ts';
import { createSqliteStore } from '../../store/sqlite/index.ts';
import { defineCommand, numberOption, UsageError } from '../define.ts';
import { DEV_STORE, storePath } from '../open-store.ts';
import { serveReceiver } from '../receiver-server.ts';
import { untilStopped } from '../until-stopped.ts';

const POLICIES = ['signature', 'api', 'both'] as const;

export const serve = defineCommand({
  name: 'serve',
  about: 'Run the receiver alone: verify, store, then process what Stripe sends.',
  options: [
    { flags: '--port <port>', about: 'where it listens', default: '4242' },
    { flags: '--host <address>', about: 'the address it listens on', default: '127.0.0.1' },
    { flags: '--store <path>', about: 'the SQLite file it stores into', default: DEV_STORE },
    { flags: '--path <path>', about: 'the webhook path', default: '/payments/webhook/' },
    {
      flags: '--secret <whsec>',
      about: 'the endpoint’s secret; may be repeated (or STRIPE_WEBHOOK_SECRET)',
      many: true,
    },
    { flags: '--verify <how>', about: `how deliveries are proven: ${POLICIES.join(', ')}` },
    { flags: '--api-key <key>', about: 'for --verify api (or STRIPE_API_KEY)' },
    { flags: '--api-base <url>', about: 'ask this Stripe in place of api.stripe.com, such as http://127.0.0.1:12111' },
  ],
  async run({ options, out }) {
    const given = options['secret'] as string[];
    const secrets = given.length ? given : (process.env['STRIPE_WEBHOOK_SECRET']?.split(',') ?? []);
    const verify = options['verify'] as (typeof POLICIES)[number] | undefined;
    if (verify && !POLICIES.includes(verify)) throw new UsageError(`--verify is one of ${POLICIES.join(', ')}.`);
    const key = (options['apiKey'] as string | undefined) ?? process.env['STRIPE_API_KEY'];
    const path = String(options['path']);
    await using store = createSqliteStore({ path: storePath(String(options['store'])) });
    const receiver = createReceiver({
      store,
      path,
      ...(secrets.length && { secrets }),
      ...(verify && { verify }),
      ...(key && { stripe: await sdk(key, options['apiBase'] as string | undefined) }),
    });
    await using server = await serveReceiver({
      receiver,
      store,
      path,
      host: String(options['host']),
      port: numberOption(options, 'port'),
    });
    out.line(`Receiver  ${server.url}${path}`);
    out.data({ url: server.url, path });
    await untilStopped();
  },
});

async function sdk(key: string, base: string | undefined) {
  const Stripe = await loadSdk();
  if (!base) return new Stripe(key);
  const { protocol, hostname, port } = new URL(base);
  return new Stripe(key, { host: hostname, port, protocol: protocol === 'http:' ? 'http' : 'https' });
}
