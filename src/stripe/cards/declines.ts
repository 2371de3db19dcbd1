import { card, type Decline } from './card.ts';

const declined = (declineCode: string): { declines: Decline; attachable: false } => ({
  declines: { code: 'card_declined', declineCode },
  attachable: false,
});
const failed = (code: Decline['code'], extra: Partial<Decline> = {}): { declines: Decline; attachable: false } => ({
  declines: { code, declineCode: null, ...extra },
  attachable: false,
});

/** Cards that are declined. Only the last can be saved to a customer. */
export const DECLINE_CARDS = [
  card('4000000000000002', 'visa_chargeDeclined', declined('generic_decline')),
  card('4000000000009995', 'visa_chargeDeclinedInsufficientFunds', declined('insufficient_funds')),
  card('4000000000009987', 'visa_chargeDeclinedLostCard', declined('lost_card')),
  card('4000000000009979', 'visa_chargeDeclinedStolenCard', declined('stolen_card')),
  card('4000000000006975', 'visa_chargeDeclinedVelocityLimitExceeded', declined('card_velocity_exceeded')),
  card('4000000000000069', 'chargeDeclinedExpiredCard', failed('expired_card')),
  card('4000000000000127', 'chargeDeclinedIncorrectCvc', failed('incorrect_cvc', { onlyWithCvc: true })),
  card('4000000000000119', 'chargeDeclinedProcessingError', failed('processing_error')),
  card('4000000000000341', 'chargeCustomerFail', {
    declines: { code: 'card_declined', declineCode: 'generic_decline' },
  }),
];
