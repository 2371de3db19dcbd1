import { join } from 'node:path';
import { createEmulator, listen } from '../../emulator/index.ts';
import { createActivity, createLatencies, type LocalStripe } from '../../console/index.ts';
import { createReceiver } from '../../receiver/index.ts';
import { createSqliteStore } from '../../store/sqlite/index.ts';
import { defineCommand, portOption } from '../define.ts';
import { devSettings } from '../dev-settings.ts';
import { logging, openLog } from '../log.ts';
import { DEV_FOLDER } from '../open-store.ts';
import { serveReceiver } from '../receiver-server.ts';
import { untilStopped } from '../until-stopped.ts';

const PATH = '/payments/webhook/';

export const dev = defineCommand({
  name: 'dev',
  about: 'Run a local Stripe and a receiver, wired to each other.',
  options: [
    { flags: '--port <port>', about: 'where the receiver listens on 127.0.0.1', default: '4242' },
    { flags: '--stripe-port <port>', about: 'where the local Stripe listens', default: '12111' },
    { flags: '--folder <path>', about: 'where everything is kept', default: DEV_FOLDER },
    {
      flags: '--webhook <url>',
      about: 'send every event to your own application as well, signed with the same secret',
    },
    { flags: '--verbose', about: 'log every delivery and every run of a handler to stderr' },
  ],
  async run({ options, out }) {
    const folder = String(options['folder']);
    const { key, secret } = devSettings(folder);
    const host = '127.0.0.1';
    await using store = createSqliteStore({ path: join(folder, 'paybell.db') });
    const { observe, onProblem } = logging(openLog({ log: options['verbose'] ? 'debug' : 'error' }, [secret, key]));
    const activity = createActivity(observe);
    const latencies = createLatencies(activity.observer);
    const receiver = createReceiver({ store, secrets: secret, path: PATH, observe: latencies.observer, onProblem });
    const stripePort = portOption(options, 'stripePort');
    const addresses: Record<string, string> = {};
    let local: LocalStripe | undefined;
    await using server = await serveReceiver({
      receiver,
      store,
      latencies,
      activity,
      onProblem,
      secret,
      stripe: () => local,
      path: PATH,
      host,
      port: portOption(options, 'port'),
      addresses,
    });
    const urls = [`${server.url}${PATH}`, ...(options['webhook'] ? [String(options['webhook'])] : [])];
    await using stripe = createEmulator({ webhooks: urls.map((url) => ({ url, secret })) });
    await using api = await listen(stripe, { port: stripePort, host });
    addresses['Local Stripe'] = api.url;
    local = { emulator: stripe, key, url: api.url };
    const stopped = untilStopped();
    out.line(`Console         ${server.url}/`);
    out.line(`Local Stripe    ${api.url}`);
    out.line(`Receiver        ${server.url}`);
    out.line(`Webhook path    ${PATH}`);
    out.line(`Test key        ${key}`);
    out.line(`Webhook secret  ${secret}`);
    out.line();
    out.line(`  const stripe = new Stripe('${key}', { host: '${host}', port: ${api.port}, protocol: 'http' });`);
    out.line();
    out.line(`Stored in ${folder}/. Ctrl-C ends it.`);
    out.data({ stripe: api.url, receiver: server.url, path: PATH, key, secret, folder });
    await stopped;
  },
});
