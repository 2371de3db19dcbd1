import type Stripe from 'stripe';
import type { JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Transaction } from '../../../world/transaction.ts';
import { mergeMetadata } from '../../metadata.ts';
import { taxRates } from '../invoices/create.ts';
import { chooseDiscounts } from '../invoices/discount-choice.ts';
import { insertItem } from '../invoices/item.ts';
import { priceItem, type Given } from '../invoices/item-pricing.ts';

type Extra = Stripe.SubscriptionCreateParams.AddInvoiceItem;

/** Puts what is billed once besides the subscription (a setup fee, say) on its next invoice. */
export function addExtras(tx: Transaction, subscription: string, extras: readonly Extra[] = []): void {
  const { customer, currency } = tx.get('subscription', subscription)!;
  for (const [i, extra] of extras.entries()) {
    const at = `add_invoice_items[${i}]`;
    const { price, price_data, quantity, discountable } = extra as Extra & { discountable?: boolean };
    if (extra.period) throw stripeError('paybell_not_modelled', [`\`${at}[period]\``], `${at}[period]`);
    const given = { price, price_data, ...(quantity !== undefined && { quantity }) } as unknown as Given;
    const rates = taxRates(tx, extra.tax_rates as string[], `${at}[tax_rates]`);
    const item = insertItem(tx, {
      customer: customer as string,
      priced: priceItem(tx, given, currency),
      subscription: { id: subscription },
      fields: {
        discountable: discountable ?? true,
        metadata: mergeMetadata({}, extra.metadata as JsonObject | undefined),
        ...(rates?.length && { tax_rates: rates as never }),
      },
    });
    const owner = { customer: customer as string, currency, invoice_item: item.id };
    const discounts = chooseDiscounts(tx, extra.discounts as never, owner);
    if (discounts) tx.update('invoiceitem', item.id, { discounts });
  }
}
