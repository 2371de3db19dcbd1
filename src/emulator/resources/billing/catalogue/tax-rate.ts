import type Stripe from 'stripe';
import { sameJson, type JsonObject } from '../../../../base/json.ts';
import { stripeError } from '../../../http/errors.ts';
import type { Stored } from '../../../world/objects.ts';
import { created, defineResource, type Call, type Change } from '../../define.ts';
import { mergeMetadata } from '../../metadata.ts';
import { RANK } from '../../ranks.ts';
import { need } from '../../references.ts';
import type { TaxTerms } from '../math/tax.ts';

const altered = ({ before, after }: Change<'tax_rate'>) =>
  before !== undefined && !sameJson(before.object, after.object);

/** A tax somebody computes for themselves. What it takes never changes: a new percentage is a new rate. */
export const taxRate = defineResource('tax_rate', {
  prefix: 'txr',
  operations: {
    'taxRates.create': create,
    'taxRates.update': ({ tx, params, path }) => {
      const rate = need(tx, 'tax_rate', path[0]!, 'tax_rate');
      return tx.update('tax_rate', rate.id, {
        ...described(params),
        metadata: mergeMetadata(rate.metadata ?? {}, params['metadata']),
      });
    },
  },
  events: [
    { type: 'tax_rate.created', when: created, rank: RANK.catalogue },
    { type: 'tax_rate.updated', when: altered, rank: RANK.catalogue, previous: true },
  ],
});

/** A tax rate as the arithmetic needs it. */
export const taxTerms = ({ id, percentage, inclusive }: Stored<'tax_rate'>): TaxTerms => ({
  id,
  percentage,
  inclusive,
});

function create({ tx, params: given }: Call): Stored<'tax_rate'> {
  const { percentage, inclusive } = given as unknown as Stripe.TaxRateCreateParams;
  const refuse = (why: string) => stripeError('parameter_invalid', ['percentage', why], 'percentage');
  if (percentage < 0 || percentage > 100) throw refuse('must be between 0 and 100');
  if (!/^\d+(\.\d{1,4})?$/.test(String(percentage))) throw refuse('must have at most 4 decimal places');
  return tx.insert('tax_rate', {
    id: tx.id('txr'),
    object: 'tax_rate',
    active: true,
    created: tx.now,
    effective_percentage: percentage,
    flat_amount: null,
    inclusive,
    jurisdiction_level: null,
    livemode: false,
    percentage,
    rate_type: 'percentage',
    ...described(given),
    metadata: mergeMetadata({}, given['metadata']),
  });
}

const DESCRIBING = ['active', 'country', 'description', 'display_name', 'jurisdiction', 'state', 'tax_type'];

function described(params: JsonObject): Partial<Stored<'tax_rate'>> {
  const { country } = params;
  if (typeof country === 'string' && !/^[A-Za-z]{2}$/.test(country))
    throw stripeError('parameter_invalid', ['country', `'${country}' is not a two-letter country code`], 'country');
  return Object.fromEntries(DESCRIBING.filter((name) => name in params).map((name) => [name, params[name]]));
}
