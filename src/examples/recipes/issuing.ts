import type Stripe from 'stripe';
import type { Stage } from '../../scenarios/index.ts';
import { schemaRecipe } from './define.ts';

/** A cardholder with a virtual card. */
async function cardOf({
  stripe,
}: Stage): Promise<{ cardholder: Stripe.Issuing.Cardholder; card: Stripe.Issuing.Card }> {
  const cardholder = await stripe.issuing.cardholders.create({
    name: 'Jenny Rosen',
    email: 'jenny.rosen@example.com',
    phone_number: '+18008675309',
    type: 'individual',
    status: 'active',
    billing: {
      address: { line1: '510 Townsend St', city: 'San Francisco', state: 'CA', postal_code: '94103', country: 'US' },
    },
  });
  const card = await stripe.issuing.cards.create({
    cardholder: cardholder.id,
    currency: 'usd',
    type: 'virtual',
    status: 'active',
  });
  return { cardholder, card };
}

/** Cards that the account issues. */
export const issuing = [
  schemaRecipe({
    id: 'issuing-card',
    about: 'A cardholder is entered, given a card, and both change.',
    fires: ['issuing_cardholder.created', 'issuing_cardholder.updated', 'issuing_card.created', 'issuing_card.updated'],
    async run(stage) {
      const { cardholder, card } = await cardOf(stage);
      await stage.stripe.issuing.cardholders.update(cardholder.id, { phone_number: '+14155550132' });
      await stage.stripe.issuing.cards.update(card.id, { status: 'inactive' });
    },
  }),
  schemaRecipe({
    id: 'issuing-authorization',
    about: 'A card is used at a shop, and the authorisation noted.',
    fires: ['issuing_authorization.created', 'issuing_authorization.updated'],
    async run(stage) {
      const { card } = await cardOf(stage);
      const { testHelpers, issuing } = stage.stripe;
      const { id } = await testHelpers.issuing.authorizations.create({ card: card.id, amount: 1200, currency: 'usd' });
      await issuing.authorizations.update(id, { metadata: { trip: 'Berlin' } });
    },
  }),
  schemaRecipe({
    id: 'issuing-transaction',
    about: 'A shop takes money from a card without asking first, the purchase is noted, and disputed.',
    fires: [
      'issuing_transaction.created',
      'issuing_transaction.updated',
      'issuing_dispute.created',
      'issuing_dispute.updated',
    ],
    async run(stage) {
      const { card } = await cardOf(stage);
      const { testHelpers, issuing } = stage.stripe;
      const { id: transaction } = await testHelpers.issuing.transactions.createForceCapture({
        card: card.id,
        amount: 1200,
        currency: 'usd',
      });
      await issuing.transactions.update(transaction, { metadata: { trip: 'Berlin' } });
      const { id } = await issuing.disputes.create({
        transaction,
        amount: 1200,
        evidence: { reason: 'fraudulent', fraudulent: { explanation: 'The card was in my pocket.' } },
      });
      await issuing.disputes.update(id, { metadata: { case: '6735' } });
    },
  }),
];
