import { isObject, type JsonObject } from '../base/json.ts';
import { COLUMNS } from '../stripe/columns.gen.ts';
import type { ObjectPage } from './api/types.ts';

/** A column of a table of objects, and the field it shows. */
export type Column = ObjectPage['columns'][number] & { field: string };

/** What every row says by itself. */
const OWN: ReadonlySet<string> = new Set(['id', 'deleted', 'object']);
const LONGEST = 200;

/** The columns of a type's view, `account` under the name that it has there; none for a type without a view. */
export function columnsOf(object: string): Column[] {
  const fields = COLUMNS[object]?.columns ?? {};
  return Object.entries(fields)
    .filter(([field]) => !OWN.has(field))
    .map(([field, type]) => ({
      field,
      name: field === 'account' ? 'account_id' : field,
      type,
      money: type === 'integer' && 'currency' in fields && MONEY.test(field),
    }));
}

/** Amounts in minor units of the currency beside them: `amount_due`, `ending_balance`, `total_excluding_tax`. */
const MONEY = /(^|_)(amount|balance|fee|net|subtotal|total)(_|$)/;

/** What a cell shows. An expanded object shows its id, as its column does; timestamps are in seconds. */
export function cellOf(state: JsonObject, { field, type }: Column): string | number | boolean | null {
  const value = state[field];
  if (value === undefined || value === null) return null;
  if (type === 'text' && isObject(value)) return typeof value['id'] === 'string' ? value['id'] : null;
  return typeof value === 'object' ? JSON.stringify(value).slice(0, LONGEST) : value;
}
