import type { Json, JsonObject } from '../../base/json.ts';
import type { Row } from './objects.ts';
import type { Tables } from './state.ts';

/** A test clock, as a place where objects live: its id and the account whose it is. */
export type ClockPlace = { id: string; account: string };

const TEST_CLOCK = 'test_helpers.test_clock';

/** What belongs to no customer, whoever made it, and so never lives on a test clock. */
const NEVER_ON_A_CLOCK = new Set([
  'account',
  'balance',
  'billing.meter',
  'coupon',
  'paybell.billing_settings',
  'plan',
  'price',
  'product',
  'promotion_code',
  'tax_rate',
  TEST_CLOCK,
  'webhook_endpoint',
]);

/** Whether objects of a kind live on the test clock of whatever made them. */
export const livesOnClocks = (object: string): boolean => !NEVER_ON_A_CLOCK.has(object);

/** The row of a test clock that exists. */
export function clockRow(tables: Tables, { id, account }: ClockPlace): Row | undefined {
  const row = tables.of(account, TEST_CLOCK).get(id);
  return row && !row.deleted ? row : undefined;
}

/** Where a test clock stands, Unix seconds: while it advances, on its way. */
export const clockTime = ({ object, hidden }: Row): number =>
  (hidden['at'] as number | undefined) ?? ((object as JsonObject)['frozen_time'] as number);

/** Moves the hand of a test clock that is advancing. */
export function setClockTime(tables: Tables, place: ClockPlace, at: number): void {
  const row = clockRow(tables, place);
  if (row) tables.of(place.account, TEST_CLOCK).put({ ...row, hidden: { ...row.hidden, at } });
}

/**
 * The test clock on which a request happens: the one that its `test_clock` names, or that of the first object which its
 * path or its parameters name.
 */
export function clockOfRequest(tables: Tables, account: string, path: readonly string[], params: JsonObject) {
  const clocks = tables.of(account, TEST_CLOCK);
  if (clocks.size === 0) return undefined;
  const named = params['test_clock'];
  if (typeof named === 'string') return clocks.get(named) && { id: named, account };
  for (const id of [...path, ...texts(params)]) {
    const clock = rowNamed(tables, account, id)?.clock;
    if (clock) return { id: clock, account };
  }
  return undefined;
}

/** The row with an id, of whatever kind. */
function rowNamed(tables: Tables, account: string, id: string): Row | undefined {
  for (const table of tables.all()) {
    const row = table.account === account ? table.table.get(id) : undefined;
    if (row) return row;
  }
  return undefined;
}

function* texts(value: Json | undefined): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const each of Object.values(value)) yield* texts(each);
}
