import type Stripe from 'stripe';
import type { Stage } from '../../scenarios/index.ts';
import { schemaRecipe } from './define.ts';

const account = ({ stripe }: Stage): Promise<Stripe.Treasury.FinancialAccount> =>
  stripe.treasury.financialAccounts.create({ supported_currencies: ['usd'], nickname: 'Operating account' });

const MONEY = { amount: 25_000, currency: 'usd', description: 'Invoice 6735' } as const;

/** Financial accounts and what flows in and out of them. */
export const treasury = [
  schemaRecipe({
    id: 'treasury-account',
    about: 'A financial account is opened.',
    fires: ['treasury.financial_account.created'],
    run: async (stage) => void (await account(stage)),
  }),
  schemaRecipe({
    id: 'treasury-received',
    about: 'Money arrives and is sent back; money is drawn, and taken back.',
    fires: [
      'treasury.received_credit.created',
      'treasury.credit_reversal.created',
      'treasury.received_debit.created',
      'treasury.debit_reversal.created',
    ],
    async run(stage) {
      const { stripe } = stage;
      const { id: financial_account } = await account(stage);
      const given = { ...MONEY, financial_account, network: 'ach' } as const;
      const credit = await stripe.testHelpers.treasury.receivedCredits.create(given);
      await stripe.treasury.creditReversals.create({ received_credit: credit.id });
      const debit = await stripe.testHelpers.treasury.receivedDebits.create(given);
      await stripe.treasury.debitReversals.create({ received_debit: debit.id });
    },
  }),
  schemaRecipe({
    id: 'treasury-sent',
    about: 'Money is drawn from a bank, paid to somebody, and moved to an account of one’s own.',
    fires: [
      'treasury.inbound_transfer.created',
      'treasury.outbound_payment.created',
      'treasury.outbound_transfer.created',
    ],
    async run(stage) {
      const { stripe } = stage;
      const { id: financial_account } = await account(stage);
      const { id: customer } = await stripe.customers.create({ name: 'Jenny Rosen' });
      const method = await stripe.paymentMethods.create({
        type: 'us_bank_account',
        billing_details: { name: 'Jenny Rosen' },
        us_bank_account: {
          account_holder_type: 'individual',
          routing_number: '110000000',
          account_number: '000123456789',
        },
      });
      const { treasury } = stripe;
      await treasury.inboundTransfers.create({ ...MONEY, financial_account, origin_payment_method: method.id });
      await treasury.outboundPayments.create({ ...MONEY, financial_account, customer });
      await treasury.outboundTransfers.create({
        ...MONEY,
        financial_account,
        destination_payment_method: method.id,
      });
    },
  }),
];
