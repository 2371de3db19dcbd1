import { defineRecipe } from './define.ts';
import { paid } from './people.ts';

/** Payments, beyond what the scenarios tell. */
export const payments = [
  defineRecipe({
    id: 'balance-available',
    about: 'A payment whose money is available at once.',
    fires: ['balance.available'],
    fidelity: 'behaviour',
    async run(stage) {
      await paid(stage, 'pm_card_bypassPending');
    },
  }),
  defineRecipe({
    id: 'charge-expired',
    about: 'A charge is authorised and never captured: after seven days it expires.',
    fires: ['charge.expired'],
    fidelity: 'behaviour',
    async run({ stripe, wait }) {
      await stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_visa', capture: false });
      await wait('8d');
    },
  }),
  defineRecipe({
    id: 'review-approved',
    about: 'Radar queues a payment for review, and somebody approves it.',
    fires: ['review.opened', 'review.closed'],
    fidelity: 'behaviour',
    async run(stage) {
      await paid(stage, 'pm_card_riskLevelElevated');
      const [review] = (await stage.stripe.reviews.list({ limit: 1 })).data;
      await stage.stripe.reviews.approve(review!.id);
    },
  }),
  defineRecipe({
    id: 'source-chargeable',
    about: 'A card becomes a source that can be charged at once.',
    fires: ['source.chargeable'],
    fidelity: 'behaviour',
    async run({ stripe }) {
      await stripe.sources.create({ type: 'card', token: 'tok_visa', owner: { email: 'jenny.rosen@example.com' } });
    },
  }),
];
