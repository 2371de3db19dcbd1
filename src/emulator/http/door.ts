import type { Json, JsonObject } from '../../base/json.ts';
import type { Resource } from '../resources/define.ts';
import { listOf, unknownFilters } from '../resources/lists.ts';
import { subjectOf } from '../resources/parents.ts';
import { schemaBehaviour, stub } from '../resources/schema-behaviour.ts';
import { conformShape } from '../shapes/conform.ts';
import { clockOfRequest, clockRow } from '../world/test-clocks.ts';
import type { Transaction } from '../world/transaction.ts';
import type { World } from '../world/world.ts';
import { StripeError, stripeError } from './errors.ts';
import { expand, type Source } from './expand.ts';
import type { Idempotency, KeyedRequest } from './idempotency.ts';
import { readKey, type Key } from './keys.ts';
import type { Incoming, Outgoing } from './message.ts';
import { readParams } from './params.ts';
import { readRequest, type Sent } from './request.ts';
import type { Router } from './routes.ts';
import type { Operation } from '../../stripe/schema.ts';
import { answerAt, modernised, paramsOf, requestVersion, surroundings } from './version.ts';

export type DoorOptions = {
  router: Router;
  resources: ReadonlyMap<string, Resource>;
  /** The world of a key, made when it is first asked for. */
  open: (name: string) => { world: World; idempotency: Idempotency; wake: () => void };
  /** Whether answers are checked against their declared shapes. */
  check: boolean;
};

/** The API's door: from an HTTP request to Stripe's answer, errors included. */
export function createDoor(options: DoorOptions): (request: Incoming) => Promise<Outgoing> {
  return async (request) => {
    let key: Key;
    let sent: Sent;
    try {
      key = readKey(request.header('authorization'));
      sent = await readRequest(request);
    } catch (error) {
      return answerError(error, {});
    }
    const { world, idempotency, wake } = options.open(key.world);
    const headers: Record<string, string> = { 'request-id': world.requestId() };
    // Everything from here on is synchronous: requests of one world never interleave.
    wake();
    try {
      return handle(options, { world, idempotency, key, sent, headers });
    } catch (error) {
      return answerError(error, headers);
    } finally {
      wake();
    }
  };
}

/** One request on its way: read, but not yet understood. `headers` are those of its answer. */
type Arrival = { world: World; idempotency: Idempotency; key: Key; sent: Sent; headers: Record<string, string> };

function handle(options: DoorOptions, arrival: Arrival): Outgoing {
  const { world, idempotency, key, sent, headers } = arrival;
  const found = options.router(sent.method, sent.path);
  if (!found) throw stripeError('url_unknown', [sent.method, sent.path]);
  const { operation } = found;
  const version = requestVersion(sent.version);
  const account = sent.account ?? '';
  if (account && !exists(world, account)) throw stripeError('account_invalid', [key.shown, account]);
  if (key.publishable && !BROWSER.has(operation.name)) throw stripeError('secret_key_required');
  headers['stripe-version'] = version.answers;
  if (account) headers['stripe-account'] = account;

  const keyed = keyedRequest(sent, account);
  if (keyed) {
    headers['idempotency-key'] = keyed.key;
    const earlier = idempotency.find(keyed, world.clock.now());
    if (earlier)
      return respond(earlier.status, earlier.body, {
        ...headers,
        'idempotent-replayed': 'true',
        'original-request': earlier.requestId,
      });
  }
  const finish = (status: number, body: string) => {
    if (keyed) idempotency.keep(keyed, { status, body, requestId: headers['request-id']! }, world.clock.now());
    return respond(status, body, headers);
  };

  const resource = options.resources.get(subjectOf(operation) ?? '');
  const behaviour =
    resource?.operations?.[operation.name] ?? owner(options, operation.name) ?? schemaBehaviour(operation);
  if (!behaviour) throw stripeError('paybell_not_modelled', [operation.name]);
  if (!resource) headers['paybell-fidelity'] = 'schema';
  const given = readParams(paramsOf(operation, sent.form, version), sent.form);
  const { expand: paths = [], ...params } = modernised(operation, given, version);
  if (operation.returns.kind === 'list') {
    const ignored = unknownFilters(subjectOf(operation)!, params);
    if (ignored.length && behaviour === schemaBehaviour(operation))
      headers['paybell-ignored-filters'] = ignored.join(', ');
  }

  const clock = clockOf(world, account, operation, found.path, params);
  try {
    const trigger = { id: headers['request-id']!, idempotency_key: keyed?.key ?? null };
    const value = world.transact(
      trigger,
      account,
      (tx) => {
        const answered = behaviour({ tx, world, operation, params, path: found.path });
        const expanded = expand(answered, operation.returns, paths as string[], sourceOf(options, tx));
        if (options.check) {
          const problems = conformShape(operation.returns, expanded, operation.name);
          if (problems.length) throw new Error(`the answer does not conform: ${problems.slice(0, 5).join('; ')}`);
        }
        return expanded;
      },
      clock,
    );
    const shown = answerAt(value as JsonObject, version.answers, surroundings(world, account));
    return finish(200, JSON.stringify(shown, null, 2));
  } catch (error) {
    // What was refused before anything ran is not remembered; a decline is, and comes back the same.
    if (error instanceof StripeError && error.keep) return finish(error.status, errorBody(error));
    throw error;
  }
}

/** The test clock on which a call happens. While it advances, what lives on it can be read but not changed. */
function clockOf({ tables }: World, account: string, operation: Operation, path: string[], params: JsonObject) {
  if (REAL_TIME.has(subjectOf(operation) ?? '')) return undefined;
  const clock = clockOfRequest(tables, account, path, params);
  const row = clock && clockRow(tables, clock);
  if (row && operation.method !== 'GET' && row.hidden['target'] !== null)
    throw stripeError('test_clock_advancing', [row.id]);
  return clock;
}

/** Made at the world's time even for the customer of a test clock: clocks govern billing, and nothing else. */
const REAL_TIME = new Set(['checkout.session', 'payout', 'refund']);

/** Whether the platform has such a connected account. */
function exists({ tables }: World, account: string): boolean {
  const row = tables.of('', 'account').get(account);
  return row !== undefined && !row.deleted;
}

function keyedRequest({ method, path, form, idempotencyKey: key }: Sent, account: string): KeyedRequest | undefined {
  if (method !== 'POST' || !key) return undefined;
  return { key, account, fingerprint: `${path} ${JSON.stringify(form)}` };
}

/** Where expansion looks objects up: as they are stored, or as another resource shows them (a card as a payment method). */
const sourceOf = ({ resources }: DoorOptions, tx: Transaction): Source => ({
  resources,
  find(object, id) {
    const found = tx.get(object, id);
    if (found) return found as JsonObject;
    const shown = resources.get(object)?.find?.(tx, id);
    if (shown) return shown;
    const gone = tx.gone(object, id);
    return gone && stub(gone);
  },
  list: ({ object, field, value }, url) =>
    listOf(tx, object, field ? { [field]: value! } : {}, url) as unknown as JsonObject,
  beside: (object, id, field) => resources.get(object)!.expanded![field]!(tx, id) as Json | undefined,
});

// Behaviour for an operation whose answer is another resource's object (`customers.createSource` answers a card).
function owner({ resources }: DoorOptions, name: string) {
  for (const resource of resources.values()) if (resource.operations?.[name]) return resource.operations[name];
  return undefined;
}

/** What a publishable key may call: what Stripe.js calls from a customer's browser. */
const BROWSER = new Set([
  'tokens.create',
  'sources.create',
  'sources.retrieve',
  'paymentMethods.create',
  'paymentIntents.retrieve',
  'paymentIntents.confirm',
  'setupIntents.retrieve',
  'setupIntents.confirm',
  'confirmationTokens.retrieve',
]);

function answerError(error: unknown, headers: Record<string, string>): Outgoing {
  const known =
    error instanceof StripeError
      ? error
      : stripeError('internal_error', [error instanceof Error ? error.message : String(error)]);
  return respond(known.status, errorBody(known), headers);
}

const errorBody = (error: StripeError) => JSON.stringify({ error: error.body }, null, 2);

const respond = (status: number, body: string, headers: Record<string, string>): Outgoing => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
