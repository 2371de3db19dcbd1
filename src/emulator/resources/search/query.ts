import { stripeError, type StripeError } from '../../http/errors.ts';

/** One condition of a search: a field, an operator, a value; `null` asks for what is not there. */
export type Clause = {
  field: string;
  /** The key within `metadata`. */
  key?: string;
  operator: ':' | '~' | '>' | '<' | '>=' | '<=';
  value: string | number | null;
  negated: boolean;
};

/** A search: every clause must hold, or any of them. */
export type Query = { clauses: Clause[]; any: boolean };

/** How deep Stripe goes: ten clauses (docs.stripe.com/search#search-query-language). */
const MOST = 10;

const CLAUSE =
  /(-?)([A-Za-z_][\w.]*)(?:\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\])?\s*(:|~|>=|<=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)(?![\w.])|(null|true|false)(?!\w))/y;
const JOIN = /\s+(?:(AND|OR)\s+)?/iy;

/**
 * Reads a query in Stripe's language: `field:"exact"`, `field~"part"`, `field>100`, `metadata["key"]:"value"`, `-` to
 * negate; clauses joined by AND (or nothing but a space) or by OR, but not by both.
 */
export function parseQuery(text: string): Query {
  const query = text.trim();
  const clauses: Clause[] = [];
  const joins = new Set<string>();
  let at = 0;
  for (;;) {
    CLAUSE.lastIndex = at;
    const found = CLAUSE.exec(query);
    if (!found) throw unreadable();
    clauses.push(clauseOf(found));
    at = CLAUSE.lastIndex;
    if (at === query.length) break;
    JOIN.lastIndex = at;
    const join = JOIN.exec(query);
    if (!join) throw unreadable();
    joins.add((join[1] ?? 'AND').toUpperCase());
    at = JOIN.lastIndex;
  }
  if (joins.size > 1) throw refused('A search query cannot combine AND and OR. Send two queries instead.');
  if (clauses.length > MOST)
    throw refused(`A search query can have at most ${MOST} clauses; this one has ${clauses.length}.`);
  return { clauses, any: joins.has('OR') };
}

function clauseOf([, minus, field, keyOne, keyTwo, operator, textOne, textTwo, number, word]: RegExpExecArray): Clause {
  const key = keyOne ?? keyTwo;
  const text = textOne ?? textTwo;
  const value = text === undefined ? (number === undefined ? wordOf(word!) : Number(number)) : unescaped(text);
  return {
    field: field!,
    ...(key !== undefined && { key: unescaped(key) }),
    operator: operator as Clause['operator'],
    value,
    negated: minus === '-',
  };
}

const wordOf = (word: string) => (word === 'null' ? null : word);
const unescaped = (text: string) => text.replaceAll(/\\(.)/g, '$1');

/** Stripe's refusal of a query, with its words. */
export const refused = (message: string): StripeError => stripeError('missing', [message], 'query');

const unreadable = () =>
  refused(
    'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for metadata ' +
      'or `key:"value"` to query for other fields.',
  );
