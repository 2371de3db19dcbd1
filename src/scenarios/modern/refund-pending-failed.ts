import { defineScenario, type Stage } from '../define.ts';
import { confirmedNow } from '../payments.ts';

/** A payment that is in the books, and its refund. */
async function refund({ stripe, step, wait }: Stage, payment_method: string, id: 's1' | 'p1') {
  const { id: payment_intent } = await stripe.paymentIntents.create({ ...confirmedNow, payment_method });
  await wait('2s');
  await step(id, () => stripe.refunds.create({ payment_intent }));
}

export const refundPendingFailed = defineScenario({
  id: 'refund-pending-failed',
  group: 'Refunds and disputes',
  title: 'Refund pending, then fails or succeeds',
  story: 'The shop refunded me, but my card was closed and the money never arrived.',
  pitfalls: [
    'A refund that says succeeded can still fail, up to 30 days later: the money is in your balance again, and you owe it.',
    'A failed refund cannot be tried again through the card: pay the customer in another way.',
    'refund.failed and charge.refund.updated tell the same; handle one of them.',
  ],
  paths: {
    current: {
      steps: { s1: 'Your server refunds a payment.', x1: 'The bank refuses the money.' },
      run: async (stage) => {
        await refund(stage, 'pm_card_refundFail', 's1');
        // Its reference number comes first, as that of any refund.
        await stage.wait('5s');
        await stage.step('x1', () => stage.wait('15s'));
      },
      fires: [
        { type: 'refund.created', step: 's1', do: 'ignore', why: 'Your own call made it; it says succeeded, for now.' },
        { type: 'charge.refunded', step: 's1', do: 'handle', why: 'Book the refund; the money has left your balance.' },
        {
          type: 'refund.failed',
          step: 'x1',
          do: 'handle',
          why: 'Book the money that came back, and pay the customer in another way.',
        },
        { type: 'refund.updated', step: 'x1', do: 'ignore', why: 'The same: its status is failed.' },
        { type: 'charge.refund.updated', step: 'x1', do: 'ignore', why: 'The same, under the older name.' },
        { type: 'charge.updated', step: 'x1', do: 'ignore', why: 'amount_refunded is what it was before.' },
      ],
    },
    pending: {
      steps: { p1: 'Your server refunds a payment.', x2: 'The bank takes the money.' },
      run: async (stage) => {
        await refund(stage, 'pm_card_pendingRefund', 'p1');
        await stage.step('x2', () => stage.wait('12s'));
      },
      fires: [
        { type: 'refund.created', step: 'p1', do: 'ignore', why: 'Its status is pending: the bank has not answered.' },
        { type: 'charge.refunded', step: 'p1', do: 'handle', why: 'Book the refund; the money has left your balance.' },
        {
          type: 'refund.updated',
          step: 'x2',
          do: 'handle',
          why: 'succeeded: tell the customer that it is on its way.',
        },
        { type: 'charge.refund.updated', step: 'x2', do: 'ignore', why: 'The same, under the older name.' },
      ],
    },
  },
});
