import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import { became, defineResource } from '../define.ts';
import { mergeMetadata } from '../metadata.ts';
import { RANK } from '../ranks.ts';
import { need } from '../references.ts';
import { readCard } from './card-details.ts';
import { checksOf, fingerprintOf, hide } from './instrument.ts';
import { spendToken } from './source-choice.ts';

const NO_OWNER = {
  address: null,
  email: null,
  name: null,
  phone: null,
  verified_address: null,
  verified_email: null,
  verified_name: null,
  verified_phone: null,
};

/** The older Source object, for cards: chargeable from the start. Its other types belong to retired payment methods. */
export const source = defineResource('source', {
  prefix: 'src',
  operations: {
    'sources.create': ({ tx, params: given }) => {
      const params = given as unknown as Stripe.SourceCreateParams & { card?: never };
      if (params.type !== 'card') throw stripeError('paybell_not_modelled', [`sources of type ${params.type}`], 'type');
      const instrument = params.token
        ? spendToken(tx, params.token, 'token').instrument
        : params.card
          ? readCard(tx, params.card)
          : undefined;
      if (!instrument) throw stripeError('parameter_missing', ['token'], 'token');
      const { card, expMonth, expYear } = instrument;
      const checks = checksOf(instrument);
      return tx.insert(
        'source',
        {
          id: tx.id('src'),
          object: 'source',
          allow_redisplay: 'unspecified',
          amount: params.amount ?? null,
          card: {
            address_line1_check: checks.address_line1_check,
            address_zip_check: checks.address_postal_code_check,
            cvc_check: checks.cvc_check,
            brand: card.brand,
            country: card.country,
            dynamic_last4: null,
            exp_month: expMonth,
            exp_year: expYear,
            fingerprint: fingerprintOf(card),
            funding: card.funding,
            last4: card.last4,
            name: instrument.billing.name,
            three_d_secure: card.threeDSecure ? 'required' : 'optional',
            tokenization_method: null,
          } as unknown as Stored<'source'>['card'],
          client_secret: `src_client_secret_${tx.text(24)}`,
          created: tx.now,
          currency: params.currency ?? null,
          flow: 'none',
          livemode: false,
          metadata: mergeMetadata({}, given['metadata']),
          owner: { ...NO_OWNER, ...(params.owner as object | undefined) } as Stored<'source'>['owner'],
          statement_descriptor: params.statement_descriptor ?? null,
          status: 'chargeable',
          type: 'card',
          usage: 'reusable',
        },
        hide(instrument),
      );
    },
    'sources.update': ({ tx, params, path }) => {
      const source = need(tx, 'source', path[0]!, 'source');
      return tx.update('source', source.id, { metadata: mergeMetadata(source.metadata ?? {}, params['metadata']) });
    },
  },
  events: [
    { type: 'source.chargeable', when: became('status', 'chargeable'), rank: RANK.source },
    { type: 'source.canceled', when: became('status', 'canceled'), rank: RANK.source },
    { type: 'source.failed', when: became('status', 'failed'), rank: RANK.source },
  ],
});
