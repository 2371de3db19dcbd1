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

// All of the CLI's triggers that are about payments with cards, the catalogue, and invoices without subscriptions.
const TRIGGERS = [
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
  'payment_intent.payment_failed',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.detached',
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
  'tax_rate.created',
  'tax_rate.updated',
];

test.each(TRIGGERS.map((type, i) => [type, `sk_test_${i + 10}34567890abcdef`] as const))(
  'stripe trigger %s',
  async (type, key) => {
    const { stdout, stderr } = await trigger(type, key);
    expect(`${stdout}${stderr}`).toContain('Trigger succeeded!');
    const response = await fetch(`${server.url}/v1/events?type=${type}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const { data } = (await response.json()) as { data: { type: string }[] };
    expect(data.map((event) => event.type)).toContain(type);
  },
);
