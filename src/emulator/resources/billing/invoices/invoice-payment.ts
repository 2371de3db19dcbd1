import type { Stored } from '../../../world/objects.ts';
import { defineResource, type Call, type Change } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { RANK } from '../../ranks.ts';
import { invoiceOf } from './intent.ts';

/** Seconds from an invoice's payment to `invoice_payment.paid`, which logs show some time after `invoice.paid`. */
export const TOLD_AFTER = 20;

const told = ({ before, after }: Change<'invoice_payment'>) =>
  after.hidden['told'] === true && before?.hidden['told'] !== true;

export const invoicePayment = defineResource('invoice_payment', {
  prefix: 'inpay',
  operations: { 'invoicePayments.list': list },
  events: [{ type: 'invoice_payment.paid', when: told, rank: RANK.invoicePayment }],
  timers: [
    {
      name: 'tell',
      at: (_, hidden) => hidden['tellAt'] as number | null,
      run: (tx, { id }) => void tx.update('invoice_payment', id, {}, { tellAt: null, told: true }),
      // Late as it is, the event names the request that paid.
      trigger: (hidden) => hidden['trigger'] as never,
    },
  ],
});

function list({ tx, params }: Call) {
  const { payment, ...rest } = params as { payment?: { payment_intent?: string } } & Call['params'];
  // A payment intent belongs to one invoice at most, whose payments are found through the index.
  const intent = payment?.payment_intent;
  const invoice = intent === undefined ? undefined : (invoiceOf(tx, intent) ?? 'none');
  const filters = { ...rest, ...(invoice !== undefined && { invoice }) };
  return listOf(tx, 'invoice_payment', filters, '/v1/invoice_payments', ({ object }) => {
    const { payment: paid } = object as unknown as Stored<'invoice_payment'>;
    return intent === undefined || paid.payment_intent === intent;
  });
}
