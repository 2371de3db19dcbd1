import type { Decline } from './card.ts';

// The wording is Stripe's public API, matched on by many a client; declines that say more than this are not shown to
// the payer on purpose.
const BY_CODE: Readonly<Record<Decline['code'], string>> = {
  card_declined: 'Your card was declined.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
};

const BY_DECLINE_CODE: Readonly<Record<string, string>> = {
  insufficient_funds: 'Your card has insufficient funds.',
  card_velocity_exceeded:
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
};

const PARAMS: Readonly<Record<Decline['code'], string | null>> = {
  card_declined: null,
  expired_card: 'exp_month',
  incorrect_cvc: 'cvc',
  processing_error: null,
};

/** The `message` of the card error that a decline gives. */
export const declineMessage = (decline: Pick<Decline, 'code' | 'declineCode'>): string =>
  BY_DECLINE_CODE[decline.declineCode ?? ''] ?? BY_CODE[decline.code];

/** The `param` of the card error that a decline gives; null when it is nobody's parameter that is at fault. */
export const declineParam = (decline: Pick<Decline, 'code'>): string | null => PARAMS[decline.code];

/** `outcome.seller_message` of a charge that the bank declined. */
export const sellerMessage = (decline: Pick<Decline, 'code' | 'declineCode'>): string =>
  decline.declineCode === 'generic_decline'
    ? 'The bank did not return any further details with this decline.'
    : `The bank returned the decline code \`${decline.declineCode ?? decline.code}\`.`;
