import { sameJson } from '../../../../base/json.ts';
import { became, created, defineResource, deleted, type Call, type Change } from '../../define.ts';
import { listOf } from '../../lists.ts';
import { RANK } from '../../ranks.ts';
import { create, update } from './create.ts';
import { FINALIZES_AFTER, WAITS_AT_MOST } from './draft.ts';
import { finalizeInvoice } from './finalize.ts';
import { giveUpDraft } from './give-up.ts';
import { intentOf } from './intent.ts';
import { addLines, listLineItems, removeLines, updateLineItem, updateLines } from './line-operations.ts';
import { del, finalize, markUncollectible, pay, send, voidOperation } from './operations.ts';
import { createPreview } from './preview.ts';
import { payInvoice } from './collect.ts';

type Rule = Change<'invoice'>;
/** What had been a draft before this commit is open now, or paid at once. */
const finalized = (change: Rule) =>
  (change.after.object.status_transitions.finalized_at ?? null) !== null &&
  (change.before?.object.status_transitions.finalized_at ?? null) === null;
const hiddenBecame = (name: string) => (change: Rule) =>
  change.after.hidden[name] != null && change.before?.hidden[name] !== change.after.hidden[name];
const more = (name: string) => (change: Rule) =>
  Number(change.after.hidden[name] ?? 0) > Number(change.before?.hidden[name] ?? 0);
const sent = more('sentTimes');
const paidBy = ({ after }: Rule) => String(after.hidden['paidBy']);
const paid = became<'invoice'>('status', 'paid');

// Changes that logs never show as an update of the invoice: deliveries that were answered, a collection by the clock,
// which `invoice.paid` alone tells of, credit that went to the customer's balance, and the end of the customer.
const SILENT = new Set(['answered', 'collected', 'given_up', 'credited_to_balance', 'customer_gone']);
const updated = (change: Rule) =>
  change.before !== undefined &&
  !change.after.deleted &&
  !SILENT.has(change.cause ?? '') &&
  !sameJson(change.before.object, change.after.object);

export const invoice = defineResource('invoice', {
  prefix: 'in',
  operations: {
    'invoices.list': list,
    'invoices.create': create,
    'invoices.update': update,
    'invoices.del': del,
    'invoices.finalizeInvoice': finalize,
    'invoices.pay': pay,
    'invoices.sendInvoice': send,
    'invoices.voidInvoice': voidOperation,
    'invoices.markUncollectible': markUncollectible,
    'invoices.addLines': addLines,
    'invoices.updateLines': updateLines,
    'invoices.removeLines': removeLines,
    'invoices.updateLineItem': updateLineItem,
    'invoices.listLineItems': listLineItems,
    'invoices.createPreview': createPreview,
  },
  events: [
    { type: 'invoice.created', when: created, rank: RANK.invoice },
    { type: 'invoice.deleted', when: deleted, rank: RANK.invoiceOutcome },
    {
      type: 'invoice.finalized',
      when: finalized,
      rank: (change) => (change.before ? RANK.finalized : RANK.invoiceFinalized),
    },
    { type: 'invoice.payment_failed', when: more('failures'), rank: RANK.invoiceOutcome },
    { type: 'invoice.payment_action_required', when: more('asked'), rank: RANK.invoiceActionRequired },
    { type: 'invoice.voided', when: became('status', 'void'), rank: RANK.invoiceOutcome },
    { type: 'invoice.marked_uncollectible', when: became('status', 'uncollectible'), rank: RANK.invoiceOutcome },
    { type: 'invoice.will_be_due', when: hiddenBecame('toldWillBeDue'), rank: RANK.invoiceOutcome },
    { type: 'invoice.overdue', when: hiddenBecame('toldOverdue'), rank: RANK.invoiceOutcome },
    {
      type: 'invoice.updated',
      when: updated,
      rank: (change) => (finalized(change) && !sent(change) ? RANK.finalizedUpdate : RANK.invoiceUpdated),
      previous: true,
    },
    { type: 'invoice.sent', when: sent, rank: RANK.invoiceSent },
    { type: 'invoice.paid', when: paid, rank: RANK.invoicePaid },
    {
      type: 'invoice.payment_succeeded',
      when: (change) => paid(change) && ['payment', 'nothing_due'].includes(paidBy(change)),
      rank: RANK.invoicePaymentSucceeded,
    },
  ],
  timers: [
    {
      // An hour after its webhook was answered; unanswered, after 72 hours.
      name: 'finalize',
      at: (
        { status, auto_advance, automatically_finalizes_at: at, webhooks_delivered_at: answered, created },
        hidden,
      ) => {
        if (status !== 'draft' || !auto_advance || at === null) return null;
        return answered === null && hidden['chosen'] !== true ? Math.max(at, created + WAITS_AT_MOST) : at;
      },
      run: (tx, { id }) => void finalizeInvoice(tx, id, { automatic: true }),
    },
    {
      name: 'collect',
      at: ({ status, auto_advance, collection_method, next_payment_attempt }) =>
        status === 'open' && auto_advance && collection_method === 'charge_automatically' ? next_payment_attempt : null,
      run: (tx, { id }) => void payInvoice(tx, id, { by: 'schedule' }),
    },
    {
      // A draft whose subscription's collection is paused.
      name: 'give_up',
      at: ({ status }, hidden) => (status === 'draft' ? (hidden['givenUpAt'] as number | null | undefined) : null),
      run: (tx, { id }, hidden) => giveUpDraft(tx, id, hidden['givenUpAs'] as 'void' | 'mark_uncollectible'),
    },
    {
      name: 'will_be_due',
      at: ({ status }, hidden) => (status === 'open' ? (hidden['willBeDueAt'] as number | null) : null),
      run: (tx, { id }) => void tx.update('invoice', id, {}, { willBeDueAt: null, toldWillBeDue: tx.now }),
    },
    {
      name: 'overdue',
      at: ({ status }, hidden) => (status === 'open' ? (hidden['overdueAt'] as number | null) : null),
      run: (tx, { id }) => void tx.update('invoice', id, {}, { overdueAt: null, toldOverdue: tx.now }),
    },
  ],
  answered: {
    'invoice.created': (tx, id) => {
      const row = tx.row('invoice', id);
      if (!row || row.object.webhooks_delivered_at !== null) return;
      const { status, automatically_finalizes_at: at, next_payment_attempt: next } = row.object;
      const waits = status === 'draft' && at !== null && row.hidden['chosen'] !== true;
      const finalizes = tx.now + FINALIZES_AFTER;
      tx.update('invoice', id, {
        webhooks_delivered_at: tx.now,
        ...(waits && {
          automatically_finalizes_at: finalizes,
          ...(next !== null && { next_payment_attempt: finalizes }),
        }),
      });
      tx.because('invoice', id, 'answered');
    },
  },
  expanded: {
    confirmation_secret: (tx, id) => {
      const intent = intentOf(tx, id);
      return intent ? { client_secret: intent.client_secret, type: 'payment_intent' } : null;
    },
  },
});

function list({ tx, params: { subscription, ...params } }: Call): unknown {
  const field = 'parent.subscription_details.subscription';
  const by = subscription === undefined ? undefined : { field, value: String(subscription) };
  return listOf(tx, 'invoice', params, '/v1/invoices', undefined, by);
}
