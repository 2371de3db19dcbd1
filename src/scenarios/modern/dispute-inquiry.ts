import { defineScenario } from '../define.ts';
import { objectionable, theDispute } from '../disputes.ts';

export const disputeInquiry = defineScenario({
  id: 'dispute-inquiry',
  group: 'Refunds and disputes',
  title: 'Inquiry (retrieval) instead of a chargeback',
  story: 'I asked my bank what a payment was for, before I decided whether to take it back.',
  pitfalls: [
    'An inquiry is a dispute whose status begins with warning_. No money moves, and the payment can still be refunded.',
    'A full refund settles it. Left unanswered, the customer’s bank may turn it into a chargeback.',
    'When it escalates there is no second created event: the same dispute changes its status, and the money goes.',
  ],
  paths: {
    current: {
      steps: { x1: 'The bank opens an inquiry.', s1: 'You close it.' },
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        await objectionable(stage, 'pm_card_createDisputeInquiry');
        await step('x1', () => wait('5s'));
        const { id } = await theDispute(stripe);
        await step('s1', () => stripe.disputes.close(id));
      },
      fires: [
        {
          type: 'charge.dispute.created',
          step: 'x1',
          do: 'handle',
          why: 'Status warning_needs_response: answer the question, or refund.',
        },
        { type: 'charge.dispute.closed', step: 's1', do: 'handle', why: 'warning_closed: nothing was lost.' },
      ],
    },
    escalated: {
      steps: { x2: 'The bank is not content with the answer, and the inquiry becomes a chargeback.' },
      run: async (stage) => {
        const { stripe, step, wait } = stage;
        await objectionable(stage, 'pm_card_createDisputeInquiry');
        await wait('5s');
        const { id } = await theDispute(stripe);
        // What the evidence says decides, in test mode, what the bank will do.
        await stripe.disputes.update(id, {
          evidence: { uncategorized_text: 'escalate_inquiry_evidence' },
          submit: true,
        });
        await step('x2', () => wait('7s'));
      },
      fires: [
        {
          type: 'charge.dispute.updated',
          step: 'x2',
          do: 'handle',
          why: 'Status needs_response, no longer a warning: it is a dispute now, to be answered by due_by.',
        },
        { type: 'charge.dispute.funds_withdrawn', step: 'x2', do: 'handle', why: 'Book the amount and the fee.' },
      ],
    },
  },
});
