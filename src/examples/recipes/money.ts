import { schemaRecipe } from './define.ts';

/** The account's own money: payouts, top-ups, settings, credit. */
export const money = [
  schemaRecipe({
    id: 'payout',
    about: 'Money goes from the balance to the bank.',
    fires: ['payout.created', 'payout.updated'],
    async run({ stripe }) {
      const { id } = await stripe.payouts.create({
        amount: 100_000,
        currency: 'usd',
        method: 'standard',
        description: 'January',
        statement_descriptor: 'ROCKET RIDES',
      });
      await stripe.payouts.update(id, { metadata: { month: '2026-01' } });
    },
  }),
  schemaRecipe({
    id: 'topup',
    about: 'The balance is topped up from the bank.',
    fires: ['topup.created'],
    async run({ stripe }) {
      await stripe.topups.create({
        amount: 50_000,
        currency: 'usd',
        description: 'Top-up for the week',
        statement_descriptor: 'Weekly top-up',
      });
    },
  }),
  schemaRecipe({
    id: 'balance-settings',
    about: 'Payouts are paid out weekly from now on.',
    fires: ['balance_settings.updated'],
    async run({ stripe }) {
      await stripe.balanceSettings.retrieve();
      await stripe.balanceSettings.update({
        payments: { payouts: { schedule: { interval: 'weekly', weekly_payout_days: ['monday'] } } },
      });
    },
  }),
  schemaRecipe({
    id: 'tax-settings',
    about: 'The account says where its head office is.',
    fires: ['tax.settings.updated'],
    async run({ stripe }) {
      await stripe.tax.settings.retrieve();
      await stripe.tax.settings.update({
        head_office: { address: { country: 'US', state: 'CA', postal_code: '94103', city: 'San Francisco' } },
      });
    },
  }),
  schemaRecipe({
    id: 'credit-grant',
    about: 'A customer is given billing credit, and it is renamed.',
    fires: ['billing.credit_grant.created', 'billing.credit_grant.updated'],
    async run({ stripe }) {
      const { id: customer } = await stripe.customers.create({ name: 'Jenny Rosen' });
      const { id } = await stripe.billing.creditGrants.create({
        name: 'Sign-up credit',
        customer,
        category: 'promotional',
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 1000 } },
        applicability_config: { scope: { price_type: 'metered' } },
      });
      await stripe.billing.creditGrants.update(id, { metadata: { campaign: 'spring' } });
    },
  }),
];
