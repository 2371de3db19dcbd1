import { defineScenario } from '../define.ts';
import { DISPUTED, objectionable, theDispute } from '../disputes.ts';

export const disputeWon = defineScenario({
  id: 'dispute-won',
  group: 'Refunds and disputes',
  title: 'Dispute won',
  story: 'I did not recognise a payment. The shop showed my bank that the parcel was delivered to me.',
  pitfalls: [
    'Winning gives back the amount and the fee, in an event of its own: book on funds_reinstated, not on closed.',
    'Evidence can be submitted once. With submit: false it is only staged, and the status stays needs_response.',
    'A won dispute does not make the charge refundable again by itself, and the bank may open another stage.',
  ],
  paths: {
    current: {
      steps: {
        x1: 'The bank opens a dispute and takes the money.',
        s1: 'You submit evidence.',
        x2: 'The bank decides for you.',
      },
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        await objectionable(stage, 'pm_card_createDispute');
        await step('x1', () => wait('5s'));
        const { id } = await theDispute(stripe);
        await step('s1', () =>
          stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' }, submit: true }),
        );
        await step('x2', () => wait('5s'));
      },
      fires: [
        ...DISPUTED,
        { type: 'charge.dispute.updated', step: 's1', do: 'ignore', why: 'Your own call changed it.' },
        { type: 'charge.dispute.closed', step: 'x2', do: 'handle', why: 'Its status is won: the sale stands.' },
        { type: 'charge.dispute.funds_reinstated', step: 'x2', do: 'handle', why: 'Book what came back.' },
      ],
    },
  },
});
