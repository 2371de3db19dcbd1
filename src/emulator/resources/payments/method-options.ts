import type { JsonObject } from '../../../base/json.ts';
import { stripeError } from '../../http/errors.ts';
import type { Stored } from '../../world/objects.ts';

/** What an intent shows of how each kind of payment method is treated, before anything was asked for. */
const DEFAULTS: Record<string, object> = {
  card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  customer_balance: { funding_type: null },
  us_bank_account: { verification_method: 'automatic' },
  sepa_debit: {},
  bacs_debit: {},
  au_becs_debit: {},
};

type Options = Stored<'payment_intent'>['payment_method_options'];

/** An intent's `payment_method_options`: one entry for each kind it takes, with what was asked for. */
export function methodOptions(types: readonly string[], given: object = {}, before: Options = null): Options {
  const asked = given as Record<string, object | undefined>;
  const had = (before ?? {}) as unknown as Record<string, object | undefined>;
  const entries = types
    .filter((type) => type in DEFAULTS)
    .map((type) => [type, { ...DEFAULTS[type], ...had[type], ...asked[type] }]);
  return Object.fromEntries(entries) as unknown as Options;
}

type SetupOptions = Stored<'setup_intent'>['payment_method_options'];

/** The same of a setup intent, which knows of no instalments and takes no cash. */
export function setupOptions(types: readonly string[], given: object = {}, before: SetupOptions = null): SetupOptions {
  const options = methodOptions(types, given, before as Options) as Record<string, object> | null;
  const { card, customer_balance: _, ...others } = options ?? {};
  const { installments: __, ...asked } = (card ?? {}) as { installments?: unknown };
  return { ...(card && { card: asked }), ...others } as SetupOptions;
}

/** The kinds an account offers where none are named, less those that parameters exclude. */
export const offeredTypes = ({ excluded_payment_method_types: excluded }: JsonObject): string[] =>
  ['card', 'link'].filter((type) => !(excluded as string[] | undefined)?.includes(type));

/** Which kinds of payment method may be used: as named, else null for whatever the account offers. */
export function allowedTypes(params: JsonObject): string[] | null {
  const named = params['payment_method_types'] ?? params['allowed_payment_method_types'];
  const automatic = params['automatic_payment_methods'] as { enabled?: boolean } | undefined;
  if (named && automatic?.enabled)
    throw stripeError('parameters_exclusive', ['automatic_payment_methods', 'payment_method_types']);
  if (named) return named as string[];
  return automatic?.enabled === false ? ['card'] : null;
}
