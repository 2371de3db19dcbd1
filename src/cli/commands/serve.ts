import { setTimeout as sleep } from 'node:timers/promises';
import { createActivity, createLatencies } from '../../console/index.ts';
import { createReceiver } from '../../receiver/index.ts';
import { API_OPTIONS, apiClient, apiKey, keyMode } from '../api-client.ts';
import { defineCommand, numberOption, portOption, UsageError, type Invocation } from '../define.ts';
import { HANDLERS_OPTION, loadHandlers } from '../load-handlers.ts';
import { GRACE_OPTION, graceOf } from '../grace.ts';
import { KEEPING_OPTIONS, keepingOf } from '../keeping.ts';
import { logging, logStray, LOG_OPTION, openLog } from '../log.ts';
import { openStore, storeOf, STORE_OPTION } from '../open-store.ts';
import { serveReceiver } from '../receiver-server.ts';
import { scheduleReconcile } from '../scheduled.ts';
import { strayErrors } from '../stray-errors.ts';
import { endSoon, untilStopped } from '../until-stopped.ts';

const POLICIES = ['signature', 'api', 'both'] as const;

/** Shorter ones can be guessed. */
const SHORTEST_TOKEN = 16;

/** The console's token, from the option or the environment. */
function consoleToken(options: Invocation['options']): string | undefined {
  const token = (options['consoleToken'] as string | undefined) ?? process.env['PAYBELL_CONSOLE_TOKEN'];
  if (token === undefined || token === '') return undefined;
  if (token.length >= SHORTEST_TOKEN && /^\S+$/.test(token)) return token;
  throw new UsageError(
    `--console-token has at least ${SHORTEST_TOKEN} characters and no spaces: try openssl rand -hex 24.`,
  );
}

export const serve = defineCommand({
  name: 'serve',
  about: 'Run the receiver alone: verify, store, then process what Stripe sends.',
  options: [
    { flags: '--port <port>', about: 'where it listens', default: '4242' },
    { flags: '--host <address>', about: 'the address it listens on', default: '127.0.0.1' },
    STORE_OPTION,
    { flags: '--path <path>', about: 'the webhook path', default: '/payments/webhook/' },
    {
      flags: '--secret <whsec>',
      about: 'the endpoint’s secret; may be repeated (or STRIPE_WEBHOOK_SECRET)',
      many: true,
    },
    { flags: '--verify <how>', about: `how deliveries are proven: ${POLICIES.join(', ')}` },
    HANDLERS_OPTION,
    ...KEEPING_OPTIONS,
    ...API_OPTIONS,
    { flags: '--reconcile <minutes>', about: 'ask Stripe for missed events, now and so often (needs an API key)' },
    { flags: '--console-token <token>', about: 'opens the console to other machines (or PAYBELL_CONSOLE_TOKEN)' },
    { flags: '--read-only', about: 'the console only shows: nothing is replayed from it' },
    GRACE_OPTION,
    LOG_OPTION,
  ],
  async run({ options, out }) {
    const given = options['secret'] as string[];
    const secrets = given.length ? given : [process.env['STRIPE_WEBHOOK_SECRET'] ?? []].flat();
    const verify = options['verify'] as (typeof POLICIES)[number] | undefined;
    if (verify && !POLICIES.includes(verify)) throw new UsageError(`--verify is one of ${POLICIES.join(', ')}.`);
    const stripe = await apiClient(options);
    if (secrets.length === 0 && !stripe)
      throw new UsageError(
        'Give the secret that the endpoint shows: --secret whsec_…, or STRIPE_WEBHOOK_SECRET. (Or an API key, to ask Stripe for each event: --api-key, or STRIPE_API_KEY.)',
      );
    const path = String(options['path']);
    const every = options['reconcile'] === undefined ? undefined : numberOption(options, 'reconcile') * 60_000;
    if (every === 0) throw new UsageError('--reconcile is at least 1.');
    if (every !== undefined && !stripe)
      throw new UsageError('--reconcile needs an API key: --api-key, or STRIPE_API_KEY.');
    const grace = graceOf(options);
    const token = consoleToken(options);
    const log = openLog(options, [...secrets, apiKey(options), storeOf(options), token]);
    const strays = strayErrors(logStray(log));
    const { observe, onProblem } = logging(log);
    const activity = createActivity(observe);
    const latencies = createLatencies(activity.observer);
    await using store = await openStore(options, { to: 'make', onProblem });
    const receiver = createReceiver({
      store,
      path,
      ...(secrets.length && { secrets }),
      ...(verify && { verify }),
      ...(stripe && { stripe }),
      ...(await keepingOf(options, store)),
      observe: latencies.observer,
      onProblem,
    });
    await loadHandlers(receiver, options['handlers'] as string | undefined);
    const server = await serveReceiver({
      receiver,
      store,
      latencies,
      activity,
      onProblem,
      readOnly: options['readOnly'] === true,
      ...(token && { token }),
      path,
      grace,
      host: String(options['host']),
      port: portOption(options, 'port'),
    });
    const stopped = Promise.race([untilStopped(), strays]);
    out.line(`Receiver  ${server.url}${path}`);
    out.line(`Console   ${server.url}/`);
    out.data({ url: server.url, path });
    log.info({ port: new URL(server.url).port, path }, 'started');
    const schedule =
      every === undefined ? undefined : scheduleReconcile(receiver, { every, livemode: keyMode(options), log });
    const code = await stopped;
    log.info('stopping');
    // A page that Stripe takes long to answer is not waited for: the cursor stays where it was.
    const reconciled = schedule?.stop();
    await server[Symbol.asyncDispose]();
    await Promise.race([reconciled, sleep(1_000)]);
    log.info('stopped');
    endSoon();
    return code ?? 0;
  },
});
