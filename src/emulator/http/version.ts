import type { JsonObject } from '../../base/json.ts';
import type { Field, Operation } from '../../stripe/schema.ts';
import {
  API_VERSIONS,
  NEWEST_VERSION,
  paramsAt,
  paramsSince,
  readVersion,
  refusalOf,
  render,
  renderEvent,
  respellParams,
  UnknownVersionError,
  upgradeParams,
  type Surroundings,
} from '../../stripe/versions/index.ts';
import { difference } from '../shapes/difference.ts';
import type { World } from '../world/world.ts';
import { StripeError, stripeError } from './errors.ts';
import type { FormHash } from './form.ts';
import { withCards } from './undeclared.ts';

/**
 * The version a request speaks. One that names none gets the newest answers, and may use the parameters of any version
 * known here: what it would mean to Stripe depends on its account's default, which a test key does not have.
 */
export type RequestVersion = { answers: string; /** null: whatever any version takes. */ takes: string | null };

/** Reads the `Stripe-Version` header. Throws Stripe's error for a version that does not exist. */
export function requestVersion(header: string | null): RequestVersion {
  if (header === null) return { answers: NEWEST_VERSION, takes: null };
  try {
    const version = readVersion(header);
    return { answers: version, takes: version };
  } catch (error) {
    if (error instanceof UnknownVersionError) throw stripeError('api_version_invalid', [error.version, NEWEST_VERSION]);
    throw error;
  }
}

/** The parameters a call takes in a version. Refuses those it took earlier, in Stripe's words where it has its own. */
export function paramsOf(operation: Operation, form: FormHash, { takes }: RequestVersion): Record<string, Field> {
  const refusal = takes === null ? undefined : refusalOf(operation, form as JsonObject, takes);
  if (refusal)
    throw new StripeError(400, {
      code: refusal.code,
      message: refusal.message,
      param: refusal.parameter,
      type: 'invalid_request_error',
    });
  const key = `${takes} ${operation.name}`;
  let fields = known.get(key);
  if (!fields) {
    const declared = takes === null ? paramsSince(operation, API_VERSIONS[0]) : paramsAt(operation, takes);
    fields = withCards(operation, declared);
    known.set(key, fields);
  }
  return fields;
}

// Putting older parameters back costs more than reading a request with them.
const known = new Map<string, Record<string, Field>>();

/** Parameters as today's API spells them. */
export const modernised = (operation: Operation, params: JsonObject, { takes }: RequestVersion): JsonObject =>
  takes === null ? respellParams(operation, params, API_VERSIONS[0]) : upgradeParams(operation, params, takes);

/** An answer as a version shows it. */
export const answerAt = (value: JsonObject, version: string, around: Surroundings): JsonObject =>
  version === NEWEST_VERSION ? value : render(value, version, around);

/** An event as an endpoint that is pinned to a version gets it. */
export const eventAt = (event: JsonObject, version: string | null, around: Surroundings): JsonObject =>
  version === null || version === NEWEST_VERSION ? event : renderEvent(event, version, difference, around);

/** What rendering an older version may look up in a world: an object by its id alone, and what paid an invoice. */
export function surroundings({ tables }: World, account: string): Surroundings {
  return {
    object(id) {
      for (const table of tables.all()) {
        const row = table.account === account ? table.table.get(id) : undefined;
        if (row && !row.deleted) return row.object as JsonObject;
      }
      return undefined;
    },
    invoicePayments(of) {
      const [[name, value]] = Object.entries(of) as [[string, string]];
      const payments = Array.from(tables.of(account, 'invoice_payment').rows(), ({ object }) => object as JsonObject);
      return payments.filter((payment) =>
        name === 'invoice' ? payment['invoice'] === value : (payment['payment'] as JsonObject | null)?.[name] === value,
      );
    },
  };
}
