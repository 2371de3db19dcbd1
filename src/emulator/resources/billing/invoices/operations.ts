import type Stripe from 'stripe';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { choosePaymentMethod } from '../../payments/source-choice.ts';
import type { Call } from '../../define.ts';
import { need } from '../../references.ts';
import { stub } from '../../schema-behaviour.ts';
import { payInvoice } from './collect.ts';
import { linesOf } from './draft.ts';
import { markUncollectible as writeOff, payOutOfBand, voidInvoice } from './end.ts';
import { finalizeInvoice } from './finalize.ts';
import { releaseItems } from './item-assignment.ts';

type Invoice = Stored<'invoice'>;
const named = ({ tx, path }: Call): Invoice => need(tx, 'invoice', path[0]!, 'invoice');

export function finalize(call: Call): unknown {
  const { tx, params } = call;
  const { auto_advance: autoAdvance } = params as unknown as Stripe.InvoiceFinalizeInvoiceParams;
  return finalizeInvoice(tx, named(call).id, { ...(autoAdvance !== undefined && { autoAdvance }) });
}

/** Deletes a draft. Its items wait for another invoice again. */
export function del(call: Call): unknown {
  const { tx } = call;
  const invoice = named(call);
  if (invoice.status !== 'draft')
    throw stripeError('wrong_state', [
      `Invoice ${invoice.id} is ${invoice.status}: you can only delete draft invoices. Void an open invoice instead.`,
    ]);
  if (invoice.parent?.subscription_details)
    throw stripeError('wrong_state', [
      "You can't delete invoices created by subscriptions. Void it once it is finalized.",
    ]);
  releaseItems(tx, linesOf(tx, invoice.id));
  tx.remove('invoice', invoice.id);
  return stub(invoice);
}

/**
 * Pays an invoice now. `forgive` gives up what the source cannot cover; the test cards pay all or nothing, so there is
 * never anything to forgive.
 */
export function pay(call: Call): unknown {
  const { tx, params: given } = call;
  const params = given as unknown as Stripe.InvoicePayParams;
  let invoice = named(call);
  if (invoice.status === 'paid') throw stripeError('invoice_already_paid');
  if (invoice.status === 'void')
    throw stripeError('wrong_state', [`Invoice ${invoice.id} is void and can no longer be paid.`]);
  const method = methodNamed(tx, invoice, params);
  if (invoice.status === 'draft') invoice = finalizeInvoice(tx, invoice.id);
  if (invoice.status === 'paid') return invoice;
  if (params.paid_out_of_band) return payOutOfBand(tx, invoice.id);
  const { error } = payInvoice(tx, invoice.id, { by: 'request', method, onSession: params.off_session === false });
  if (error) throw error;
  return tx.get('invoice', invoice.id);
}

/** What the parameters draw on: it must be the customer's, a ready-made test card aside. */
function methodNamed(tx: Transaction, invoice: Invoice, params: Stripe.InvoicePayParams): string | null {
  const { payment_method: method, source } = params;
  if (method && source) throw stripeError('parameters_exclusive', ['payment_method', 'source']);
  const id = method ?? source;
  if (!id) return null;
  const param = method ? 'payment_method' : 'source';
  if (id.startsWith('pm_card_')) return id;
  if (choosePaymentMethod(tx, id, param).customer !== invoice.customer)
    throw stripeError(
      'missing',
      [
        `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      ],
      param,
    );
  return id;
}

/** Sends an invoice to its customer, finalised first if it is a draft. No email leaves: the event is all. */
export function send(call: Call): unknown {
  const { tx } = call;
  const invoice = named(call);
  if (invoice.collection_method !== 'send_invoice')
    throw stripeError('wrong_state', [
      'You can only manually send an invoice if its collection method is `send_invoice`; ' +
        `that of ${invoice.id} is \`charge_automatically\`.`,
    ]);
  if (!['draft', 'open', 'uncollectible'].includes(invoice.status ?? ''))
    throw stripeError('wrong_state', [`Invoice ${invoice.id} is ${invoice.status} and can no longer be sent.`]);
  if (!invoice.customer_email)
    throw stripeError('missing', [
      'Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.',
    ]);
  if (invoice.status === 'draft') finalizeInvoice(tx, invoice.id);
  const times = Number(tx.row('invoice', invoice.id)!.hidden['sentTimes'] ?? 0) + 1;
  return tx.update('invoice', invoice.id, {}, { sentTimes: times });
}

export const voidOperation = (call: Call): unknown => voidInvoice(call.tx, named(call).id);

export const markUncollectible = (call: Call): unknown => writeOff(call.tx, named(call).id);
