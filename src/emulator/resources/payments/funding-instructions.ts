import type Stripe from 'stripe';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import { defineResource, type Call } from '../define.ts';
import { need } from '../references.ts';
import { transferAccount } from './transfer-instructions.ts';

/** Where a customer transfers money for their cash balance: told when asked for, never found again by an id. */
export const fundingInstructions = defineResource('funding_instructions', {
  prefix: 'funding_instructions',
  operations: { 'customers.createFundingInstructions': create },
  events: [],
});

function create({ tx, params, path }: Call) {
  const customer = need(tx, 'customer', path[0]!, 'customer');
  const given = params as unknown as Stripe.CustomerCreateFundingInstructionsParams;
  const { bank_transfer: asked } = given;
  const currency = given.currency.toLowerCase();
  const { type, country, address } = transferAccount(tx, customer.id, currency, asked.eu_bank_transfer?.country);
  const refuse = (name: string, why: string) =>
    stripeError('parameter_invalid', [`bank_transfer[${name}]`, why], `bank_transfer[${name}]`);
  if (asked.type !== type) throw refuse('type', `transfers in ${currency} are of type ${type}`);
  const { type: kind } = address as { type: string };
  if (asked.requested_address_types && !asked.requested_address_types.includes(kind))
    throw refuse('requested_address_types', `accounts for transfers in ${currency} have an address of type ${kind}`);
  return {
    object: 'funding_instructions',
    bank_transfer: { country, financial_addresses: [address], type },
    currency,
    funding_type: 'bank_transfer',
    livemode: false,
  } as unknown as Stored<'funding_instructions'>;
}
