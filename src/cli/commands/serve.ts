import { createReceiver } from '../../receiver/index.ts';
import { createSqliteStore } from '../../store/sqlite/index.ts';
import { API_OPTIONS, apiClient } from '../api-client.ts';
import { defineCommand, numberOption, UsageError } from '../define.ts';
import { HANDLERS_OPTION, loadHandlers } from '../load-handlers.ts';
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
    HANDLERS_OPTION,
    ...API_OPTIONS,
  ],
  async run({ options, out }) {
    const given = options['secret'] as string[];
    const secrets = given.length ? given : (process.env['STRIPE_WEBHOOK_SECRET']?.split(',') ?? []);
    const verify = options['verify'] as (typeof POLICIES)[number] | undefined;
    if (verify && !POLICIES.includes(verify)) throw new UsageError(`--verify is one of ${POLICIES.join(', ')}.`);
    const stripe = await apiClient(options);
    const path = String(options['path']);
    await using store = createSqliteStore({ path: storePath(String(options['store'])) });
    const receiver = createReceiver({
      store,
      path,
      ...(secrets.length && { secrets }),
      ...(verify && { verify }),
      ...(stripe && { stripe }),
    });
    await loadHandlers(receiver, options['handlers'] as string | undefined);
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
