import type { Transaction } from '../../world/transaction.ts';
import type { CardChoice } from './source-choice.ts';

/**
 * Whether the customer must authenticate: because the card's bank asks, or because the merchant requested it (`any`,
 * `challenge`) and the card supports it.
 */
export function asksForAuthentication(
  tx: Transaction,
  { instrument, paymentMethod }: CardChoice,
  offSession: boolean,
  requested: string | null,
): boolean {
  const { asks, supported = true } = instrument.card.threeDSecure ?? {};
  const setUp = tx.row('payment_method', paymentMethod)?.hidden['setUp'] === true;
  switch (asks) {
    case 'always':
      return true;
    case 'unless_set_up':
      return !(offSession && setUp);
    case 'on_session':
      return !offSession;
    default:
      return asks === 'never' && supported && !offSession && (requested === 'any' || requested === 'challenge');
  }
}

/** How the customer is to authenticate: on a page they are sent to, or within the merchant's own through Stripe.js. */
export function authenticationAction(tx: Transaction, subject: string, returnUrl: string | null) {
  if (returnUrl) {
    const url = `https://hooks.stripe.com/3d_secure_2/hosted?${subject}`;
    return { redirect_to_url: { return_url: returnUrl, url }, type: 'redirect_to_url' };
  }
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', source: tx.id('src') } };
}
