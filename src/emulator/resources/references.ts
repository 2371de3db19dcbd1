import type { JsonObject } from '../../base/json.ts';
import { StripeError, stripeError } from '../http/errors.ts';
import type { Stored } from '../world/objects.ts';
import type { Transaction } from '../world/transaction.ts';

/** `No such charge: 'ch_x'`: 404 for the object a path names, 400 for one that a parameter names. */
export function noSuch(object: string, id: string, param: string, status: 400 | 404 = 400): StripeError {
  const { body } = stripeError('resource_missing', [object.split('.').at(-1)!.replaceAll('_', ' '), id], param);
  return new StripeError(status, body);
}

/** The object a path names, or Stripe's 404. */
export function need<Name extends string>(tx: Transaction, object: Name, id: string, param = 'id'): Stored<Name> {
  const found = tx.get(object, id);
  if (!found) throw noSuch(object, id, param, 404);
  return found;
}

/** The object that a parameter names, of one of these kinds; refuses one that names nothing. */
export function needReference(tx: Transaction, objects: string[], id: string, param: string): JsonObject {
  for (const object of objects) {
    const found = tx.get(object, id);
    if (found) return found as JsonObject;
  }
  throw noSuch(objects[0]!, id, param);
}
