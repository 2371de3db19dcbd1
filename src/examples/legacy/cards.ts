import type { JsonObject } from '../../base/json.ts';
import { noon, type LegacyExample } from './era.ts';

const created = noon('2014-06-17');

// A card as it was before sources: it says `type` where later ones say `brand`, until 2014-06-13.
const card = (more: JsonObject = {}): JsonObject => ({
  id: 'card_14CVlT2eZvKYlo2CcSb1qJ0X',
  object: 'card',
  address_city: null,
  address_country: null,
  address_line1: '510 Townsend St',
  address_line1_check: 'pass',
  address_line2: null,
  address_state: null,
  address_zip: '94103',
  address_zip_check: 'pass',
  brand: 'Visa',
  country: 'US',
  customer: 'cus_4GkL2eZvKYlo2C',
  cvc_check: 'pass',
  dynamic_last4: null,
  exp_month: 8,
  exp_year: 2016,
  fingerprint: 'Xt5EWLLDS7FJjR1c',
  funding: 'credit',
  last4: '4242',
  name: 'Jenny Rosen',
  ...more,
});

const bank = (more: JsonObject = {}): JsonObject => ({
  id: 'ba_14CVp02eZvKYlo2CeSP1m7kW',
  object: 'bank_account',
  bank_name: 'STRIPE TEST BANK',
  country: 'US',
  currency: 'usd',
  customer: 'cus_4GkL2eZvKYlo2C',
  default_for_currency: true,
  fingerprint: '1JWtPxqbdX5Gamtc',
  last4: '6789',
  metadata: {},
  routing_number: '110000000',
  status: 'new',
  ...more,
});

const at = (object: JsonObject, previous?: JsonObject): LegacyExample => ({
  apiVersion: '2014-06-17',
  created,
  object,
  ...(previous && { previous }),
});

/** What a customer pays with, before sources and payment methods. */
export const cards: Record<string, LegacyExample> = {
  'customer.card.created': at(card()),
  'customer.card.updated': at(card({ exp_year: 2019 }), { exp_year: 2016 }),
  'customer.card.deleted': at(card()),
  'customer.bank_account.created': at(bank()),
  'customer.bank_account.updated': at(bank({ status: 'verified' }), { status: 'new' }),
  'customer.bank_account.deleted': at(bank()),
  'payment.created': {
    apiVersion: '2016-03-07',
    created: noon('2016-05-10'),
    object: {
      id: 'py_18A1Nt2eZvKYlo2C2n1dMQ5v',
      object: 'charge',
      amount: 2000,
      amount_refunded: 0,
      balance_transaction: 'txn_18A1Nt2eZvKYlo2CfjkZ3tZs',
      captured: true,
      created: noon('2016-05-10'),
      currency: 'usd',
      customer: null,
      description: 'Payment from a connected account',
      livemode: false,
      metadata: {},
      paid: true,
      refunded: false,
      source: { id: 'acct_1032D82eZvKYlo2C', object: 'account' },
      status: 'succeeded',
    },
  },
  'payment_method.card_automatically_updated': {
    apiVersion: '2019-12-03',
    created: noon('2020-01-20'),
    object: {
      id: 'pm_1G2yKz2eZvKYlo2C3rVbOtXs',
      object: 'payment_method',
      billing_details: {
        address: { city: null, country: null, line1: null, line2: null, postal_code: '94103', state: null },
        email: 'jenny.rosen@example.com',
        name: 'Jenny Rosen',
        phone: null,
      },
      card: {
        brand: 'visa',
        checks: { address_line1_check: null, address_postal_code_check: 'pass', cvc_check: 'pass' },
        country: 'US',
        exp_month: 8,
        exp_year: 2024,
        fingerprint: 'Xt5EWLLDS7FJjR1c',
        funding: 'credit',
        generated_from: null,
        last4: '4242',
        three_d_secure_usage: { supported: true },
        wallet: null,
      },
      created: noon('2019-11-02'),
      customer: 'cus_4GkL2eZvKYlo2C',
      livemode: false,
      metadata: {},
      type: 'card',
    },
    previous: { card: { exp_year: 2020 } },
  },
};
