import type Stripe from 'stripe';
import type { Stage } from '../../scenarios/index.ts';
import { schemaRecipe } from './define.ts';

/** A connected account of a shop in the US. */
export const shop = ({ stripe }: Stage): Promise<Stripe.Account> =>
  stripe.accounts.create({
    country: 'US',
    email: 'ada@rocketrides.example',
    default_currency: 'usd',
    business_type: 'company',
    business_profile: { name: 'Rocket Rides', mcc: '4121', url: 'https://rocketrides.example' },
  });

/** Connected accounts and what moves to them. */
export const connect = [
  schemaRecipe({
    id: 'account-updated',
    about: 'A connected account changes its address for mail.',
    fires: ['account.updated'],
    async run(stage) {
      const { id } = await shop(stage);
      await stage.stripe.accounts.update(id, { email: 'billing@rocketrides.example' });
    },
  }),
  schemaRecipe({
    id: 'person',
    about: 'Who stands behind an account is named, corrected and removed.',
    fires: ['person.created', 'person.updated', 'person.deleted'],
    async run(stage) {
      const { id: account } = await shop(stage);
      const { stripe } = stage;
      const { id } = await stripe.accounts.createPerson(account, {
        first_name: 'Ada',
        last_name: 'Byron',
        email: 'ada@rocketrides.example',
      });
      await stripe.accounts.updatePerson(account, id, { last_name: 'Lovelace' });
      await stripe.accounts.deletePerson(account, id);
    },
  }),
  schemaRecipe({
    id: 'transfer',
    about: 'Money goes from the platform to a connected account.',
    fires: ['transfer.created', 'transfer.updated'],
    async run(stage) {
      const { id: destination } = await shop(stage);
      const { id } = await stage.stripe.transfers.create({
        amount: 1800,
        currency: 'usd',
        destination,
        description: 'Ride 6735',
        transfer_group: 'ORDER_6735',
      });
      await stage.stripe.transfers.update(id, { metadata: { order: '6735' } });
    },
  }),
  schemaRecipe({
    id: 'app-install',
    about: 'A Stripe App is installed.',
    fires: ['apps.install.created'],
    async run({ stripe }) {
      await stripe.apps.installs.create({ app: 'com.example.receipts', channel: 'testing' });
    },
  }),
];
