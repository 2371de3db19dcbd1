import { card, type Decline, type ThreeDSecure } from './card.ts';

const asks = (when: ThreeDSecure['asks'], extra: Partial<ThreeDSecure> = {}): { threeDSecure: ThreeDSecure } => ({
  threeDSecure: { asks: when, supported: true, ...extra },
});
const thenDeclined = (declineCode: string): { declines: Decline } => ({
  declines: { code: 'card_declined', declineCode, afterAuthentication: true },
});
const noToken = { hasTokens: false } as const;

/** Cards with something to say about 3-D Secure, and those that make a payment page show a captcha. */
export const AUTHENTICATION_CARDS = [
  card('4000002500003155', 'authenticationRequiredOnSetup', { country: 'FR', ...noToken, ...asks('unless_set_up') }),
  card('4000002760003184', 'authenticationRequired', { country: 'DE', ...noToken, ...asks('always') }),
  card('4000003800000446', 'authenticationRequiredSetupForOffSession', {
    country: 'IT',
    ...noToken,
    ...asks('on_session'),
  }),
  card('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', {
    country: 'GB',
    ...noToken,
    ...asks('always'),
    ...thenDeclined('insufficient_funds'),
  }),
  card('4000000000003220', 'threeDSecure2Required', { country: 'IE', ...asks('always') }),
  card('4000008400000027', [], asks('always')),
  card('4000008400001629', 'threeDSecureRequiredChargeDeclined', {
    ...asks('always'),
    ...thenDeclined('generic_decline'),
  }),
  card('4000008400001280', 'threeDSecureRequiredProcessingError', asks('always', { lookupFails: true })),
  card('4000000000003055', 'threeDSecureOptional', asks('never')),
  card('4000000000003097', 'threeDSecureOptionalProcessingError', asks('never', { lookupFails: true })),
  card('4000000032200000', [], asks('always', { frictionless: true })),
  card('4000000000001208', [], { captcha: true }),
  card('4000000000003725', [], { captcha: true }),
];
