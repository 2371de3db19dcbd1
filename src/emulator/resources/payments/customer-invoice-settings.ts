import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import { completeField } from '../../shapes/complete.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { noSuch } from '../references.ts';
import { paymentMethodView } from './source-choice.ts';

type Settings = Stored<'customer'>['invoice_settings'];

/** How many fields of their own an invoice may show (docs.stripe.com/api/customers/create). */
const MOST_FIELDS = 4;

/**
 * Changes how a customer's invoices are made and paid. `named` is the payment method the same call attaches: a
 * ready-made id (`pm_card_visa`) there means what it was attached as.
 */
export function setInvoiceSettings(
  tx: Transaction,
  id: string,
  settings: Stripe.CustomerUpdateParams['invoice_settings'],
  named?: string,
  attached?: string,
): void {
  if (!settings) return;
  const current = tx.get('customer', id)!.invoice_settings;
  const { default_payment_method: wanted, footer, custom_fields: fields, rendering_options: rendering } = settings;
  if (fields && fields.length > MOST_FIELDS)
    throw stripeError(
      'parameter_invalid',
      ['invoice_settings[custom_fields]', `at most ${MOST_FIELDS} are allowed`],
      'invoice_settings[custom_fields]',
    );
  const method = wanted === named && attached ? attached : wanted;
  if (method) mustHave(tx, id, method);
  const next: Settings = {
    ...current,
    ...(wanted !== undefined && { default_payment_method: method || null }),
    ...(footer !== undefined && { footer: footer || null }),
    ...(fields !== undefined && { custom_fields: fields || null }),
    ...(rendering !== undefined && {
      rendering_options:
        (completeField<Settings>('customer', 'invoice_settings', { rendering_options: rendering }, current) as Settings)
          .rendering_options ?? null,
    }),
  };
  tx.update('customer', id, { invoice_settings: next });
}

function mustHave(tx: Transaction, customer: string, method: string): void {
  const found = paymentMethodView(tx, method);
  if (!found) throw noSuch('PaymentMethod', method, 'invoice_settings[default_payment_method]');
  if (found.customer !== customer)
    throw stripeError(
      'missing',
      [
        `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
      ],
      'invoice_settings[default_payment_method]',
    );
}
