import { cardByToken } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { defineResource } from '../define.ts';
import { noSuch } from '../references.ts';
import { readCard } from './card-details.ts';
import { cardFields, hide, readyMade, type Instrument } from './instrument.ts';

export const token = defineResource('token', {
  prefix: 'tok',
  operations: {
    'tokens.create': ({ tx, params }) => {
      const card = params['card'];
      if (card === undefined) throw stripeError('paybell_not_modelled', ['tokens for anything but cards'], 'card');
      if (typeof card === 'string')
        throw stripeError('paybell_not_modelled', ['tokens made from a customer’s card'], 'card');
      return insert(tx, readCard(tx, card as never));
    },
    'tokens.retrieve': ({ tx, path }) => {
      const ready = cardByToken(path[0]!);
      const found = tx.get('token', path[0]!) ?? (ready && insert(tx, readyMade(tx, ready)));
      if (!found) throw noSuch('token', path[0]!, 'token', 404);
      return found;
    },
  },
  events: [],
});

function insert(tx: Transaction, instrument: Instrument): Stored<'token'> {
  const { customer: _, ...card } = cardFields(tx, instrument);
  return tx.insert(
    'token',
    {
      id: tx.id('tok'),
      object: 'token',
      card: card as Stored<'token'>['card'],
      client_ip: '127.0.0.1',
      created: tx.now,
      livemode: false,
      type: 'card',
      used: false,
    },
    hide(instrument),
  );
}
