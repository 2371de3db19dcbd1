import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, listen, type Emulator, type Listening } from '../../src/emulator/index.ts';

// The official Stripe CLI, unchanged, against a listening emulator.
const run = promisify(execFile);
const home = mkdtempSync(join(tmpdir(), 'paybell-stripe-cli-'));
let emulator: Emulator;
let server: Listening;

beforeAll(async () => {
  emulator = createEmulator();
  server = await listen(emulator);
});
afterAll(async () => {
  await server.close();
  await emulator.close();
  rmSync(home, { recursive: true, force: true });
});

/** The CLI as npm installs it: a small program that starts the binary of this platform. */
function cli(): string {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('@stripe/cli/package.json');
  const { bin } = require(manifest) as { bin: string | Record<string, string> };
  return join(dirname(manifest), typeof bin === 'string' ? bin : Object.values(bin)[0]!);
}

// Every request but those to the emulator ends at a port where nobody listens: nothing leaves this machine.
const NOWHERE = 'http://127.0.0.1:9';
const env = {
  PATH: process.env['PATH'],
  HOME: home,
  XDG_CONFIG_HOME: home,
  STRIPE_CLI_TELEMETRY_OPTOUT: '1',
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  NO_PROXY: '127.0.0.1',
};

const trigger = (type: string, key: string) =>
  run(process.execPath, [cli(), 'trigger', type, '--api-base', server.url, '--api-key', key], { env, timeout: 15_000 });

// All of the CLI's triggers that are about payments and billing.
const TRIGGERS = [
  'balance.available',
  'cash_balance.funds_available',
  'charge.captured',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.failed',
  'charge.refund.updated',
  'charge.refunded',
  'charge.succeeded',
  'coupon.created',
  'coupon.deleted',
  'coupon.updated',
  'credit_note.created',
  'credit_note.updated',
  'credit_note.voided',
  'customer.created',
  'customer.deleted',
  'customer.discount.created',
  'customer.discount.deleted',
  'customer.discount.updated',
  'customer.source.created',
  'customer.source.updated',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.trial_will_end',
  'customer.subscription.updated',
  'customer.updated',
  'customer_cash_balance_transaction.created',
  'invoice.created',
  'invoice.deleted',
  'invoice.finalized',
  'invoice.marked_uncollectible',
  'invoice.paid',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice.payment_succeeded',
  'invoice.sent',
  'invoice.updated',
  'invoice.voided',
  'invoiceitem.created',
  'invoiceitem.deleted',
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.partially_funded',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.detached',
  'payment_method.updated',
  'plan.created',
  'plan.deleted',
  'plan.updated',
  'price.created',
  'price.updated',
  'product.created',
  'product.deleted',
  'product.updated',
  'promotion_code.created',
  'promotion_code.updated',
  'quote.accepted',
  'quote.canceled',
  'quote.created',
  'quote.finalized',
  'setup_intent.canceled',
  'setup_intent.created',
  'setup_intent.requires_action',
  'setup_intent.setup_failed',
  'setup_intent.succeeded',
  'subscription_schedule.aborted',
  'subscription_schedule.canceled',
  'subscription_schedule.completed',
  'subscription_schedule.created',
  'subscription_schedule.expiring',
  'subscription_schedule.released',
  'subscription_schedule.updated',
  'tax_rate.created',
  'tax_rate.updated',
  'test_helpers.test_clock.advancing',
  'test_helpers.test_clock.created',
  'test_helpers.test_clock.deleted',
  'test_helpers.test_clock.ready',
];

// What else already works, from the shapes alone.
const FROM_SHAPES = [
  'account.updated',
  'billing_portal.configuration.created',
  'billing_portal.configuration.updated',
  'identity.verification_session.created',
  'issuing_card.created',
  'issuing_cardholder.created',
  'issuing_transaction.created',
  'issuing_transaction.updated',
  'payment_link.created',
  'payment_link.updated',
  'payout.created',
  'payout.updated',
  'topup.created',
  'transfer.created',
  'transfer.updated',
];

// Named after what happens, or where, and not after the event that tells it.
const TELLS: Record<string, string> = {
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
  'issuing_card.created.eu': 'issuing_card.created',
  'issuing_card.created.gb': 'issuing_card.created',
  'issuing_cardholder.created.eu': 'issuing_cardholder.created',
  'issuing_cardholder.created.gb': 'issuing_cardholder.created',
};

test.each(
  [...TRIGGERS, ...FROM_SHAPES, ...Object.keys(TELLS)].map(
    (type, i) => [type, `sk_test_${i + 10}34567890abcdef`] as const,
  ),
)('stripe trigger %s', async (type, key) => {
  const { stdout, stderr } = await trigger(type, key);
  expect(`${stdout}${stderr}`).toContain('Trigger succeeded!');
  const told = TELLS[type] ?? type;
  const response = await fetch(`${server.url}/v1/events?type=${told}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { data } = (await response.json()) as { data: { type: string }[] };
  expect(data.map((event) => event.type)).toContain(told);
});

test('`stripe events resend` sends an event again', async () => {
  const key = 'sk_test_resend12345678';
  const heard: string[] = [];
  const send = async (request: Request) => {
    heard.push(((await request.json()) as { id: string }).id);
    return new Response();
  };
  await using own = createEmulator({ webhooks: [{ url: 'http://127.0.0.1:9/', secret: 'whsec_resend', send }] });
  await using listening = await listen(own);
  const { world, settled } = own.open(key);
  world.transact({ id: null, idempotency_key: null }, '', (tx) =>
    tx.insert('product', {
      id: 'prod_1',
      object: 'product',
      name: 'Tea',
      active: true,
      created: tx.now,
      livemode: false,
      metadata: {},
      images: [],
      marketing_features: [],
      updated: tx.now,
      type: 'service',
    }),
  );
  await settled();
  const [id] = heard;
  const args = ['events', 'resend', id!, '--api-base', listening.url, '--api-key', key];
  const { stdout } = await run(process.execPath, [cli(), ...args], { env, timeout: 15_000 });
  await settled();
  expect(JSON.parse(stdout)).toMatchObject({ id, object: 'event' });
  expect(heard).toEqual([id, id]);
});
