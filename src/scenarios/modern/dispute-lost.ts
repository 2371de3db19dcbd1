import { defineScenario } from '../define.ts';
import { DISPUTED, objectionable, theDispute } from '../disputes.ts';

export const disputeLost = defineScenario({
  id: 'dispute-lost',
  group: 'Refunds and disputes',
  title: 'Dispute lost, accepted or unanswered',
  story: 'I did not recognise a payment, and my bank gave me the money back.',
  pitfalls: [
    'Closing a dispute accepts it: the money and the fee stay gone, and it cannot be undone.',
    'Doing nothing ends the same way when evidence_details.due_by has passed, only later.',
    'funds_withdrawn came when the dispute opened. Nothing more is booked when it is lost.',
  ],
  paths: {
    current: {
      steps: { x1: 'The bank opens a dispute and takes the money.', s1: 'You accept the dispute.' },
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        await objectionable(stage, 'pm_card_createDispute');
        await step('x1', () => wait('5s'));
        const { id } = await theDispute(stripe);
        await step('s1', () => stripe.disputes.close(id));
      },
      fires: [
        ...DISPUTED,
        {
          type: 'charge.dispute.closed',
          step: 's1',
          do: 'handle',
          why: 'Its status is lost: write the sale off, withdraw what was sold.',
        },
      ],
    },
  },
});
