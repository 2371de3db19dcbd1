import { stripeError } from '../../../http/errors.ts';
import type { Row, Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { payWaiting } from '../../payments/bank-transfer.ts';
import { defineResource, type Call, type EventRule } from '../../define.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';

/** What a customer sent by bank transfer and has not spent. It has no id, so its customer keeps it. */
type Cash = {
  /** Minor units by currency. */
  available: Readonly<Record<string, number>>;
  /** How often money was left for the account to decide about. */
  told: number;
};

type Mode = 'automatic' | 'manual' | 'merchant_default';

const NONE: Cash = { available: {}, told: 0 };

const cashOf = ({ hidden }: Pick<Row<'customer'>, 'hidden'>): Cash => (hidden['cash'] as Cash | undefined) ?? NONE;

/** A cash balance as the API shows it. */
export function cashBalanceView(row: Row<'customer'>): Stored<'cash_balance'> {
  const { available } = cashOf(row);
  const mode = row.hidden['reconciliationMode'] as Mode | undefined;
  const usesDefault = mode === undefined || mode === 'merchant_default';
  return {
    object: 'cash_balance',
    available: Object.keys(available).length ? { ...available } : null,
    customer: row.id,
    customer_account: null,
    livemode: false,
    // The account's default is automatic.
    settings: { reconciliation_mode: usesDefault ? 'automatic' : mode, using_merchant_default: usesDefault },
  };
}

/** Told by the customer, which keeps the cash. */
export const cashBalanceEvents: EventRule<'customer'>[] = [
  {
    type: 'cash_balance.funds_available',
    when: ({ before, after }) => !after.deleted && cashOf(after).told > (before ? cashOf(before).told : 0),
    rank: RANK.cashAvailable,
    as: (row) => cashBalanceView(row) as never,
  },
];

export const cashBalance = defineResource('cash_balance', {
  prefix: 'cash_balance',
  operations: {
    'customers.retrieveCashBalance': (call) => cashBalanceView(customerOf(call)),
    'customers.updateCashBalance': (call) => {
      const row = customerOf(call);
      const { reconciliation_mode: mode } = (call.params['settings'] ?? {}) as { reconciliation_mode?: Mode };
      if (mode !== undefined) call.tx.update('customer', row.id, {}, { reconciliationMode: mode });
      return cashBalanceView(customerOf(call));
    },
  },
  events: [],
});

function customerOf({ tx, path }: Call): Row<'customer'> {
  need(tx, 'customer', path[0]!, 'customer');
  return tx.row('customer', path[0])!;
}

/** What a bank transfer looks like in each currency that Stripe takes them in. */
const TRANSFERS: Record<string, object> = {
  eur: { type: 'eu_bank_transfer', eu_bank_transfer: { bic: 'SOGEDEFFXXX', iban_last4: '3000', sender_name: null } },
  gbp: {
    type: 'gb_bank_transfer',
    gb_bank_transfer: { account_number_last4: '2345', sender_name: null, sort_code: '108800' },
  },
  jpy: {
    type: 'jp_bank_transfer',
    jp_bank_transfer: { sender_bank: 'STRIPE TEST BANK', sender_branch: null, sender_name: null },
  },
  mxn: { type: 'mx_bank_transfer' },
  usd: { type: 'us_bank_transfer', us_bank_transfer: { network: 'ach', sender_name: null } },
};

export const customerCashBalanceTransaction = defineResource('customer_cash_balance_transaction', {
  prefix: 'ccsbtxn',
  operations: { 'testHelpers.customers.fundCashBalance': fund },
  events: [
    {
      type: 'customer_cash_balance_transaction.created',
      when: ({ before, after }) => !before && !after.deleted,
      rank: ({ after }) => (after.object.type === 'funded' ? RANK.cashFunded : RANK.cashApplied),
    },
  ],
});

type CashTransaction = Stored<'customer_cash_balance_transaction'>;

/** What a customer has of a currency, in minor units. */
export const cashAvailable = (tx: Transaction, customer: string, currency: string): number =>
  cashOf(tx.row('customer', customer)!).available[currency] ?? 0;

/** Whether transfers are put to payments by themselves; otherwise the account decides. */
export const reconcilesAlone = (tx: Transaction, customer: string): boolean =>
  tx.row('customer', customer)!.hidden['reconciliationMode'] !== 'manual';

/** Moves cash into a customer's balance or (below zero) out of it, in minor units, and records why. */
export function moveCash(
  tx: Transaction,
  customer: string,
  {
    amount,
    currency,
    ...why
  }: { amount: number; currency: string } & Pick<CashTransaction, 'type'> & Partial<CashTransaction>,
): CashTransaction {
  const { available, told } = cashOf(tx.row('customer', customer)!);
  const left = (available[currency] ?? 0) + amount;
  tx.update('customer', customer, {}, { cash: { available: { ...available, [currency]: left }, told } satisfies Cash });
  return tx.insert('customer_cash_balance_transaction', {
    id: tx.id('ccsbtxn'),
    object: 'customer_cash_balance_transaction',
    created: tx.now,
    currency,
    customer,
    ending_balance: left,
    livemode: false,
    net_amount: amount,
    ...why,
  });
}

/** Money stays in the balance: the account is told, for it is the one to decide. */
export function tellAvailable(tx: Transaction, customer: string): void {
  const cash = cashOf(tx.row('customer', customer)!);
  tx.update('customer', customer, {}, { cash: { ...cash, told: cash.told + 1 } satisfies Cash });
}

/**
 * A bank transfer arrives: the test helper that stands in for the customer's bank. Amounts in minor units. It pays what
 * waits for a transfer in this currency, the oldest first; the rest stays in the cash balance.
 */
function fund(call: Call): CashTransaction {
  const { tx, params } = call;
  const { id } = customerOf(call);
  const { amount, currency: given, reference } = params as { amount: number; currency: string; reference?: string };
  const currency = given.toLowerCase();
  const transfer = TRANSFERS[currency];
  if (!transfer)
    throw stripeError(
      'parameter_invalid',
      ['currency', `bank transfers are in one of ${Object.keys(TRANSFERS).join(', ')}`],
      'currency',
    );
  if (amount < 1) throw stripeError('parameter_invalid_integer', ['amount', String(amount)], 'amount');
  const funded = { bank_transfer: { reference: reference ?? null, ...transfer } } as never;
  const transaction = moveCash(tx, id, { amount, currency, type: 'funded', funded });
  if (reconcilesAlone(tx, id)) payWaiting(tx, id, currency);
  if (cashAvailable(tx, id, currency) > 0) tellAvailable(tx, id);
  return transaction;
}
