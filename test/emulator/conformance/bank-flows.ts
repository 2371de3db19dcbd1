import { NOW, type start } from '../sdk.ts';

const DAY = 24 * 60 * 60;
type Open = ReturnType<typeof start>;
const refused = (call: Promise<unknown>) => call.catch(() => undefined);

const accepted = {
  customer_acceptance: {
    type: 'online' as const,
    online: { ip_address: '192.0.2.1', user_agent: 'Mozilla/5.0' },
  },
};

const CURRENCY = { us_bank_account: 'usd', sepa_debit: 'eur', bacs_debit: 'gbp', au_becs_debit: 'aud' } as const;

const byTransfer = (currency: string, customer: string) => ({
  amount: 2000,
  currency,
  customer,
  allowed_payment_method_types: ['customer_balance' as const],
  payment_method_data: { type: 'customer_balance' as const },
  payment_method_options: { customer_balance: { funding_type: 'bank_transfer' as const } },
  confirm: true,
});

/** Bank debits, bank transfers, and what is set up for later. */
export const BANK_FLOWS: Record<string, (open: Open) => Promise<unknown>> = {
  async debits({ stripe, time }) {
    const debit = (type: keyof typeof CURRENCY, payment_method: string) =>
      refused(
        stripe.paymentIntents.create({
          amount: 2000,
          currency: CURRENCY[type],
          allowed_payment_method_types: [type],
          payment_method,
          mandate_data: accepted,
          confirm: true,
        }),
      );
    for (const name of ['success', 'insufficientFunds', 'dispute', 'riskLevelHighest', 'failMicrodeposits'])
      await debit('us_bank_account', `pm_usBankAccount_${name}`);
    for (const name of ['success', 'failed', 'disputed']) await debit('sepa_debit', `pm_sepaDebit_${name}_de`);
    for (const name of ['success', 'debitNotAuthorized', 'mandateRefused'])
      await debit('bacs_debit', `pm_bacsDebit_${name}`);
    for (const name of ['success', 'accountClosed']) await debit('au_becs_debit', `pm_auBecsDebit_${name}`);
    await time.advance(NOW + DAY);
    for (const { id, status, disputed } of (await stripe.charges.list({ limit: 100 })).data)
      if (status === 'succeeded' && !disputed) await stripe.refunds.create({ charge: id });
  },
  async setups({ stripe, act }) {
    const { id: customer } = await stripe.customers.create({ email: 'jenny@example.com' });
    const setUp = (payment_method: string, more = {}) =>
      stripe.setupIntents.create({ customer, payment_method, confirm: true, ...more });
    await setUp('pm_card_visa');
    await refused(setUp('pm_card_chargeDeclined'));
    for (const outcome of ['succeed', 'fail']) {
      const { id } = await setUp('pm_card_authenticationRequired', { return_url: 'https://example.com' });
      act({ action: 'authenticate', setup_intent: id, outcome });
    }
    await setUp('pm_sepaDebit_success_de', { allowed_payment_method_types: ['sepa_debit'], mandate_data: accepted });
    const { id } = await stripe.setupIntents.create({
      allowed_payment_method_types: ['us_bank_account'],
      payment_method_data: {
        type: 'us_bank_account',
        us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
        billing_details: { name: 'Jenny Rosen' },
      },
      mandate_data: accepted,
      confirm: true,
    });
    await stripe.setupIntents.verifyMicrodeposits(id, { amounts: [32, 45] });
    await stripe.setupIntents.cancel((await stripe.setupIntents.create({})).id);
  },
  async transfers({ stripe }) {
    for (const currency of ['usd', 'eur', 'gbp', 'jpy', 'mxn']) {
      const { id: customer } = await stripe.customers.create({ email: 'jenny@example.com' });
      const { id } = await stripe.paymentIntents.create(byTransfer(currency, customer));
      const fund = (amount: number) => stripe.testHelpers.customers.fundCashBalance(customer, { amount, currency });
      await fund(500);
      await fund(1700);
      await stripe.refunds.create({ payment_intent: id, amount: 300 });
      const back = { origin: 'customer_balance' as const, customer, currency };
      await stripe.refunds.cancel((await stripe.refunds.create({ ...back, amount: 100 })).id);
      await stripe.testHelpers.refunds.expire((await stripe.refunds.create({ ...back, amount: 100 })).id);
      const other = await stripe.paymentIntents.create(byTransfer(currency, customer));
      await stripe.paymentIntents.cancel(other.id);
    }
  },
  async reviews({ stripe }) {
    const pay = () =>
      stripe.paymentIntents.create({
        amount: 2000,
        currency: 'usd',
        payment_method: 'pm_card_riskLevelElevated',
        confirm: true,
      });
    const { review } = await pay();
    await stripe.reviews.approve(review as string);
    await stripe.refunds.create({ payment_intent: (await pay()).id });
  },
  async atOnce({ stripe }) {
    await stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_bypassPending' });
  },
};
