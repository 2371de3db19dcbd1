import { schema, type Field, type Operation } from '../../stripe/schema.ts';

let cardDetails: Field | undefined;

/** A card given by number or token, as `paymentMethods.create` declares it. */
function card(): Field {
  cardDetails ??= schema().operations.find(({ name }) => name === 'paymentMethods.create')!.params['card']!;
  return cardDetails;
}

/**
 * Parameters that the API takes and the SDK's types leave out, because only browsers should handle card numbers:
 * `payment_method_data[card]`, which Stripe.js sends, and `card` of the older sources.
 */
export function withCards({ name }: Operation, params: Record<string, Field>): Record<string, Field> {
  if (name === 'sources.create') return { ...params, card: card() };
  const data = params['payment_method_data'];
  const type = data?.kind === 'object' ? data.fields['type'] : undefined;
  if (data?.kind !== 'object' || type?.kind !== 'enum' || data.fields['card']) return params;
  const fields = { ...data.fields, type: { ...type, values: ['card', ...type.values] }, card: card() };
  return { ...params, payment_method_data: { ...data, fields } };
}

/** Calls that the Stripe CLI makes and the SDK does not declare. */
export const UNDECLARED: readonly Operation[] = [
  {
    name: 'events.retry',
    method: 'POST',
    path: '/v1/events/{id}/retry',
    params: {
      account: { kind: 'string', optional: true },
      for_stripecli: { kind: 'boolean', optional: true },
      webhook_endpoint: { kind: 'string', optional: true },
    },
    returns: { kind: 'ref', to: ['event'] },
  },
];
