import type { TestBankAccount } from '../../../stripe/cards/index.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';
import type { Transaction } from '../../world/transaction.ts';
import { changed, defineResource, type Change } from '../define.ts';
import { RANK } from '../ranks.ts';
import type { DebitType } from './bank-account.ts';

type Mandate = Stored<'mandate'>;

/** What a customer agreed to, as `mandate_data` tells it. */
export type Acceptance = {
  customer_acceptance: {
    type: 'offline' | 'online';
    accepted_at?: number;
    online?: { ip_address: string; user_agent: string };
  };
};

/** What the permission is for: one payment (minor units), or whatever comes. */
export type Scope = { amount: number; currency: string } | 'multi_use';

// Everywhere but in the US the debtor's bank has its say: the mandate is pending first, and active within the request.
// (The facts list `mandate.updated` after SEPA only.)
const confirmedByBank = ({ before, after }: Change<'mandate'>) =>
  !before && !after.deleted && after.object.payment_method_details.type !== 'us_bank_account';

export const mandate = defineResource('mandate', {
  prefix: 'mandate',
  events: [
    {
      type: 'mandate.updated',
      when: (change) =>
        (confirmedByBank(change) && !!change.after.hidden['bank']) || changed<'mandate'>('status')(change),
      rank: ({ before }) => (before ? RANK.mandateEnded : RANK.mandate),
      previous: true,
    },
  ],
});

/** Records the customer's permission to debit a payment method, and makes it the one in force. */
export function giveMandate(
  tx: Transaction,
  method: Stored<'payment_method'>,
  bank: TestBankAccount | undefined,
  { customer_acceptance: given }: Acceptance,
  scope: Scope,
): Mandate {
  const once = scope !== 'multi_use';
  const made = tx.insert(
    'mandate',
    {
      id: tx.id('mandate'),
      object: 'mandate',
      customer_acceptance: {
        accepted_at: given.accepted_at ?? tx.now,
        ...(given.type === 'online'
          ? { online: given.online ?? { ip_address: null, user_agent: null } }
          : { offline: {} }),
        type: given.type,
      },
      livemode: false,
      ...(once ? { single_use: { ...scope } } : { multi_use: {} }),
      payment_method: method.id,
      payment_method_details: { type: method.type, [method.type]: detailsOf(tx, bank) },
      // A refusal by the bank of a scheme that asks it comes at once; every other end comes with a failed debit.
      status: bank?.outcome === 'refused' && bank.mandate === 'inactive' ? 'inactive' : 'active',
      type: once ? 'single_use' : 'multi_use',
    } as Partial<Mandate>,
    { bank: bank !== undefined },
  );
  if (tx.get('payment_method', method.id)) tx.update('payment_method', method.id, {}, { mandate: made.id });
  return made;
}

function detailsOf(tx: Transaction, bank: TestBankAccount | undefined): object {
  const reference = () => tx.text(16).toUpperCase();
  const url = (at: string) => `https://hooks.stripe.com/adapter/${at}/file/${tx.text(24)}`;
  const details: Record<DebitType, () => object> = {
    us_bank_account: () => ({}),
    sepa_debit: () => ({ reference: reference(), url: url('sepa_debit') }),
    bacs_debit: () => ({
      display_name: null,
      network_status: bank!.outcome === 'refused' ? 'refused' : 'accepted',
      reference: reference(),
      revocation_reason: null,
      service_user_number: null,
      url: url('bacs_debit'),
    }),
    au_becs_debit: () => ({ url: url('au_becs_debit') }),
  };
  return bank ? details[bank.type]() : {};
}

/**
 * The mandate a debit rests on: what was accepted with the request, the one named, or the one given earlier. Debits
 * without any are refused.
 */
export function mandateFor(
  tx: Transaction,
  method: Stored<'payment_method'>,
  bank: TestBankAccount,
  given: { accepted: Acceptance | null; named: string | null; scope: Scope; intent: string },
): Mandate {
  const { accepted, named, scope, intent } = given;
  if (accepted) return giveMandate(tx, method, bank, accepted, scope);
  const earlier = tx.get('mandate', named ?? (tx.row('payment_method', method.id)?.hidden['mandate'] as string));
  if (earlier && earlier.payment_method === method.id && earlier.status === 'active' && earlier.type === 'multi_use')
    return earlier;
  throw stripeError(
    'payment_intent_mandate_invalid',
    [
      earlier
        ? `The mandate ${earlier.id} cannot be used with ${method.id}: it is ${earlier.status} and for ${earlier.payment_method as string}.`
        : `The ${method.type} PaymentMethod ${method.id} requires a mandate to confirm this ${intent}. Provide \`mandate_data\` with the customer's acceptance.`,
    ],
    earlier && named ? 'mandate' : 'mandate_data',
  );
}

/** The bank no longer honours it. */
export function endMandate(tx: Transaction, id: string | null | undefined): void {
  const found = tx.get('mandate', id);
  if (found?.status !== 'inactive' && found) tx.update('mandate', found.id, { status: 'inactive' });
}
