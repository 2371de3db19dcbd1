import type { JsonObject } from '../../base/json.ts';
import { listed, noon, type LegacyExample } from './era.ts';

const created = noon('2014-12-22');

const BANK = {
  id: 'ba_15Fbkt2eZvKYlo2C8hHnAxaw',
  object: 'bank_account',
  bank_name: 'STRIPE TEST BANK',
  country: 'US',
  currency: 'usd',
  fingerprint: '1JWtPxqbdX5Gamtc',
  last4: '6789',
  routing_number: '110000000',
  status: 'verified',
} satisfies JsonObject;

const transfer = (status: 'paid' | 'failed'): JsonObject => ({
  id: 'tr_15Fbl02eZvKYlo2CWj6hhL5o',
  object: 'transfer',
  amount: 100_000,
  amount_reversed: 0,
  balance_transaction: 'txn_15Fbl02eZvKYlo2CQFlcXbCU',
  bank_account: BANK,
  created,
  currency: 'usd',
  date: created + 2 * 86_400,
  description: 'STRIPE TRANSFER',
  failure_code: status === 'failed' ? 'account_closed' : null,
  failure_message: status === 'failed' ? 'The bank account has been closed.' : null,
  livemode: false,
  metadata: {},
  recipient: 'rp_15Fbkr2eZvKYlo2CvrMzxl1P',
  reversals: listed('/v1/transfers/tr_15Fbl02eZvKYlo2CWj6hhL5o/reversals'),
  reversed: false,
  statement_descriptor: null,
  status,
  type: 'bank_account',
});

const recipient = (more: JsonObject = {}): JsonObject => ({
  id: 'rp_15Fbkr2eZvKYlo2CvrMzxl1P',
  object: 'recipient',
  active_account: BANK,
  cards: listed('/v1/recipients/rp_15Fbkr2eZvKYlo2CvrMzxl1P/cards'),
  created,
  default_card: null,
  description: 'Driver 17',
  email: 'jenny.rosen@example.com',
  livemode: false,
  metadata: {},
  name: 'Jenny Rosen',
  type: 'individual',
  verified: false,
  ...more,
});

const at = (after: number, object: JsonObject, previous?: JsonObject): LegacyExample => ({
  apiVersion: '2014-12-22',
  created: created + after,
  object,
  ...(previous && { previous }),
});

/** Transfers to banks and to recipients, before payouts and connected accounts took their places. */
export const transfers: Record<string, LegacyExample> = {
  'recipient.created': at(0, recipient()),
  'recipient.updated': at(30, recipient({ verified: true }), { verified: false }),
  'recipient.deleted': at(86_400, recipient({ verified: true })),
  'transfer.failed': at(2 * 86_400, transfer('failed')),
  'transfer.paid': at(2 * 86_400, transfer('paid')),
};
