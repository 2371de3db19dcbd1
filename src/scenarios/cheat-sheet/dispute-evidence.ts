import { defineScenario, type Fire, type Stage } from '../define.ts';
import { ASYNC_CAPTURE, bookedBy, paidBy, payNow } from '../payments.ts';

const WON = {
  won: 'The bank decides for you. When it decides against you, the dispute closes as lost and no money comes back.',
};

/** What the dispute fires, whatever was paid with. */
const DISPUTED: Fire[] = [
  {
    type: 'charge.dispute.created',
    step: 'x1',
    do: 'handle',
    why: 'Stop fulfilling, gather evidence, mind due_by.',
  },
  { type: 'charge.dispute.funds_withdrawn', step: 'x1', do: 'handle', why: 'Book the amount and the fee.' },
  { type: 'charge.dispute.updated', step: 's2', do: 'ignore', why: 'Your own call changed it.' },
  { type: 'charge.dispute.closed', step: 'x3', do: 'handle', why: 'status says whether you won or lost.' },
  { type: 'charge.dispute.funds_reinstated', step: 'x3', if: 'won', do: 'handle', why: 'Book what came back.' },
];

/** Answers the dispute of a charge; the evidence decides, in test mode, what the bank will say. */
async function answer({ stripe, step, holds }: Stage) {
  await step('s2', async () => {
    const [dispute] = (await stripe.disputes.list({ limit: 1 })).data;
    await stripe.disputes.update(dispute!.id, {
      evidence: { uncategorized_text: holds('won') ? 'winning_evidence' : 'losing_evidence' },
      submit: true,
    });
  });
}

export const disputeEvidence = defineScenario({
  id: 'dispute-evidence',
  number: 6,
  title: 'Customer disputes a charge, you upload evidence',
  story: 'I did not recognise a payment, so I asked my bank to take it back.',
  pitfalls: [
    'The money leaves the moment the dispute opens, with a fee; it comes back only when you win.',
    'A dispute nobody answers closes as lost when evidence_details.due_by has passed.',
    'A test dispute opens and closes within seconds; in life the bank takes 60 to 75 days to decide.',
  ],
  paths: {
    classic: {
      steps: {
        p1: 'Your server charges the card’s token.',
        x1: 'The bank opens a dispute and takes the money back.',
        s2: 'You submit evidence.',
        x3: 'The bank decides.',
      },
      conditions: WON,
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        await step('p1', () => stripe.charges.create({ amount: 2000, currency: 'usd', source: 'tok_createDispute' }));
        await step('x1', () => wait('5s'));
        await answer(stage);
        await step('x3', () => wait('5s'));
      },
      fires: [{ type: 'charge.succeeded', step: 'p1', do: 'handle', why: 'The money is yours, for now.' }, ...DISPUTED],
    },
    current: {
      steps: {
        p1: 'Your server makes a payment intent and confirms it in one request.',
        x1: 'The bank opens a dispute and takes the money back.',
        s2: 'You submit evidence.',
        x3: 'The bank decides.',
      },
      conditions: { ...ASYNC_CAPTURE, ...WON },
      run: async (stage) => {
        const { step, wait } = stage;
        await step('p1', () => payNow(stage, { payment_method: 'pm_card_createDispute' }));
        await step('x1', () => wait('5s'));
        await answer(stage);
        await step('x3', () => wait('5s'));
      },
      fires: [...paidBy('p1'), bookedBy('p1'), ...DISPUTED],
    },
  },
});
