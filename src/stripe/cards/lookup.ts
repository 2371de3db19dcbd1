import { BRAND_CARDS } from './brands.ts';
import type { TestCard } from './card.ts';
import { COUNTRY_CARDS } from './countries.ts';
import { DECLINE_CARDS } from './declines.ts';
import { DISPUTE_CARDS } from './disputes.ts';
import { FUNDS_CARDS } from './funds.ts';
import { RADAR_CARDS } from './radar.ts';
import { AUTHENTICATION_CARDS } from './three-d-secure.ts';

/** Every card that exists in test mode. */
export const TEST_CARDS: readonly TestCard[] = [
  ...BRAND_CARDS,
  ...DECLINE_CARDS,
  ...RADAR_CARDS,
  ...DISPUTE_CARDS,
  ...FUNDS_CARDS,
  ...AUTHENTICATION_CARDS,
  ...COUNTRY_CARDS,
];

// Stripe renamed `tok_chargeDeclined…` to `tok_visa_chargeDeclined…` and still answers to both; so does this.
const plain = (name: string) => name.replace(/^visa_(?=charge)/, '');

const byNumber = new Map(TEST_CARDS.map((card) => [card.number, card]));
const byName = new Map(TEST_CARDS.flatMap((card) => card.names.map((name) => [plain(name), card] as const)));

/** The test card with this number; spaces and dashes in it do not matter. */
export const cardByNumber = (number: string): TestCard | undefined => byNumber.get(number.replaceAll(/[\s-]/g, ''));

/** The test card that a ready-made token such as `tok_visa` stands for. */
export function cardByToken(token: string): TestCard | undefined {
  const card = token.startsWith('tok_') ? byName.get(plain(token.slice(4))) : undefined;
  return card?.hasTokens ? card : undefined;
}

/** The test card that a ready-made payment method such as `pm_card_visa` stands for. */
export const cardByPaymentMethod = (id: string): TestCard | undefined =>
  id.startsWith('pm_card_') ? byName.get(plain(id.slice(8))) : undefined;
