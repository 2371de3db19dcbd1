import { listed, noon, type LegacyExample } from './era.ts';

// 2015-02-18: the version of the years in which Bitcoin could be taken. Amounts are in cents, and in satoshi.
const created = noon('2015-03-02');

const receiver = (received: number, more = {}) => ({
  id: 'btcrcv_15cU2h2eZvKYlo2CwbYlYtGr',
  object: 'bitcoin_receiver',
  active: received === 0,
  amount: 2000,
  amount_received: received,
  bitcoin_amount: 7_324_000,
  bitcoin_amount_received: received === 0 ? 0 : 7_324_000,
  bitcoin_uri: 'bitcoin:test_7i9Fo4b5wXcUAuoVBFrc7nc9HDxD1?amount=0.07324',
  created,
  currency: 'usd',
  customer: null,
  description: 'Receiver for Jenny Rosen',
  email: 'jenny.rosen@example.com',
  filled: received > 0,
  inbound_address: 'test_7i9Fo4b5wXcUAuoVBFrc7nc9HDxD1',
  livemode: false,
  metadata: {},
  refund_address: null,
  transactions: listed(
    '/v1/bitcoin/receivers/btcrcv_15cU2h2eZvKYlo2CwbYlYtGr/transactions',
    ...(received === 0
      ? []
      : [
          {
            id: 'btctxn_15cU3c2eZvKYlo2CRtDZqJtr',
            object: 'bitcoin_transaction',
            amount: 2000,
            bitcoin_amount: 7_324_000,
            created: created + 57,
            currency: 'usd',
            receiver: 'btcrcv_15cU2h2eZvKYlo2CwbYlYtGr',
          },
        ]),
  ),
  uncaptured_funds: received > 0,
  used_for_payment: false,
  ...more,
});

const at = (after: number, object: LegacyExample['object'], previous?: LegacyExample['previous']): LegacyExample => ({
  apiVersion: '2015-02-18',
  created: created + after,
  object,
  ...(previous && { previous }),
});

/** Bitcoin receivers, 2014 to 2018. */
export const bitcoin: Record<string, LegacyExample> = {
  'bitcoin.receiver.created': at(0, receiver(0)),
  'bitcoin.receiver.filled': at(58, receiver(2000)),
  'bitcoin.receiver.transaction.created': at(57, receiver(2000)),
  'bitcoin.receiver.updated': at(90, receiver(2000, { description: 'Order 6735' }), {
    description: 'Receiver for Jenny Rosen',
  }),
};
