import { systemClock, seconds } from '../../base/clock.ts';
import type { PaybellError } from '../../base/errors.ts';
import { random } from '../../base/ids.ts';
import type { JsonObject } from '../../base/json.ts';
import { post } from '../../emulator/delivery/post.ts';
import { refusedTarget } from '../../emulator/delivery/target.ts';
import { change } from '../../examples/change.ts';
import { exampleAt, type Example } from '../../examples/index.ts';
import { playThere } from '../../examples/remote.ts';
import { eventType } from '../../stripe/index.ts';
import { controlClient, devKey } from '../control-client.ts';
import { defineCommand, UsageError, type Invocation } from '../define.ts';
import { secretOf } from '../endpoint-secret.ts';
import { unknownType } from '../unknown-type.ts';

const TO = 'http://127.0.0.1:4242/payments/webhook/';
const PATIENCE_MS = 20_000;

export const trigger = defineCommand({
  name: 'trigger',
  about: 'Send any event, signed, to an endpoint: from a run of the local Stripe where it can fire it.',
  words: ['<event>'],
  options: [
    { flags: '--to <url>', about: `the endpoint (default: ${TO})` },
    { flags: '--secret <whsec>', about: 'sign with this secret (default: that of `paybell dev` in this folder)' },
    {
      flags: '--set <path=value>',
      about: 'replace a value: amount=500, data.object.metadata.order=17, account=acct_1',
      many: true,
    },
    { flags: '--account <id>', about: 'as an event of this connected account' },
    { flags: '--allow <host>', about: 'let it go to this host as well (host:port)', many: true },
    { flags: '--seed <text>', about: 'repeat the same ids from run to run (default: new ones)' },
    {
      flags: '--emulator <url>',
      about: 'make it happen in a world of a running local Stripe, which delivers it; its clock may move',
    },
    { flags: '--key <key>', about: 'whose world of --emulator (default: the key of `paybell dev` in this folder)' },
  ],
  async run({ words, options, out }) {
    const type = words[0]!;
    if (!eventType(type)) throw new UsageError(unknownType(type) ?? `'${type}' is a pattern; trigger sends one event.`);
    if (options['emulator'] !== undefined || options['key'] !== undefined) {
      const event = await there(type, options);
      out.line(`${type}  ${String(event['id'])}  happened in the local Stripe, which delivers it.`);
      out.data({ type, event, emulator: options['emulator'] ?? null });
      return 0;
    }
    const url = (options['to'] as string | undefined) ?? TO;
    const allowed = options['allow'] as string[];
    const refused = refusedTarget(url, allowed);
    if (refused) throw new UsageError(`${refused}.`);
    const secret = secretOf(options);
    const example = await exampleAt(type, seconds(systemClock), String(options['seed'] ?? random().text(16)));
    const event = altered(example, options);
    const { status, error, answer, ms } = await post({
      endpoint: { id: 'trigger', url, secret, enabledEvents: ['*'], apiVersion: null, listens: 'both', account: '' },
      body: () => JSON.stringify(event),
      at: seconds(systemClock),
      wall: systemClock,
      allowed,
      timeoutMs: PATIENCE_MS,
    });
    const good = status !== null && status >= 200 && status < 300;
    out.line(`${type}  ${String(event['id'])}  ${originOf(example)}`);
    out.line(`  → ${url}  ${status ?? error}  ${ms} ms${good || !answer ? '' : `  ${answer}`}`);
    out.data({ type, to: url, status, error, answer, reached_by: example.reachedBy, by: example.by, event });
    return good ? 0 : 1;
  },
});

function altered({ event }: Example, options: Invocation['options']): JsonObject {
  const account = options['account'] as string | undefined;
  if (account !== undefined && !account.startsWith('acct_'))
    throw new UsageError(`--account takes an account's id (acct_…), not '${account}'.`);
  const thin = event['object'] === 'v2.core.event';
  const from: JsonObject = account === undefined ? {} : thin ? { context: account } : { account };
  try {
    return change({ ...event, ...from }, options['set'] as string[]);
  } catch (error) {
    throw new UsageError((error as PaybellError).message);
  }
}

async function there(type: string, options: Invocation['options']): Promise<JsonObject> {
  for (const name of ['to', 'secret', 'account', 'seed'])
    if (options[name] !== undefined)
      throw new UsageError(
        `--${name} is for what is sent from here; a running emulator delivers to its own endpoints.`,
      );
  if ((options['set'] as string[]).length > 0)
    throw new UsageError(
      '--set is for what is sent from here: what happens in a world cannot be made to say otherwise.',
    );
  const url = (options['emulator'] as string | undefined) ?? 'http://127.0.0.1:12111';
  const key = (options['key'] as string | undefined) ?? devKey();
  return playThere(type, { url, key, control: controlClient({ url, key }) });
}

const originOf = ({ reachedBy, by, fidelity }: Example) =>
  fidelity === 'era'
    ? '(as it was in its time)'
    : reachedBy === 'schema'
      ? '(from the declared shape alone)'
      : `(${reachedBy} ${by})`;
