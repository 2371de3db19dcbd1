import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';

/** Refuses a price whose amount the customer chooses where nobody is asked: only Checkout and payment links ask. */
export function mustHaveAmount({ id, custom_unit_amount: custom }: Stored<'price'>, param: string): void {
  if (custom)
    throw stripeError(
      'missing',
      [
        `The price ${id} has a custom amount (\`custom_unit_amount\`), which its customer chooses in Checkout or on a ` +
          'payment link. This field only accepts prices that have an amount.',
      ],
      param,
    );
}
