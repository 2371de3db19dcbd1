import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/base/json.ts';
import { branchesOf, play, scenarios, type PlayedEvent } from '../../src/scenarios/index.ts';
import facts from './facts.json' with { type: 'json' };

// facts.json: what is known of real accounts, from public logs and documentation, per scenario and path.
type Fact = {
  type: string;
  step: string;
  offset_s: number | null;
  request_id: string;
  snapshot?: Record<string, Json>;
  previous_attributes?: JsonObject;
  optional?: boolean;
};

// Where our run says more than the facts, and why that is right.
const MORE: Record<string, string[]> = {
  // The facts' sample is older than the field, which the current API declares as always present.
  'charge.dispute.updated': ['evidence_details.submission_method'],
  // The facts name what matters of an invoice that changed. What else must have changed with it: the sums that say the
  // same in another way, the lines, and the fields that Stripe added after the payloads were recorded.
  'invoice.updated': [
    'amount_due',
    'amount_remaining',
    'automatically_finalizes_at',
    'due_date',
    'effective_at',
    'ending_balance',
    'hosted_invoice_url',
    'invoice_pdf',
    'lines.data',
    'number',
    'status_transitions.finalized_at',
    'subtotal',
    'subtotal_excluding_tax',
    'total_excluding_tax',
    'webhooks_delivered_at',
  ],
};
// Optional in the facts because logs differ; here they always come, so a scenario names no condition for them.
const ALWAYS = new Set(['invoice.updated', 'payment_intent.canceled']);
// Where the facts describe another API version than the newest, which every run speaks.
const OLDER: Record<string, string[]> = {
  // `refunds` was included by default only before 2022-11-15.
  'charge.refunded': ['refunds'],
  // Gone since 2025-03-31.basil; `amount_paid_off_stripe` says it.
  'invoice.paid': ['paid_out_of_band'],
};

const paths = scenarios.flatMap((scenario) => Object.keys(scenario.paths).map((path) => ({ scenario, path })));

describe.each(paths)('$scenario.id, $path', ({ scenario, path }) => {
  const known = (facts as unknown as Record<string, Record<string, Fact[]>>)[scenario.id]![path]!;

  test('fires exactly what it declares, in every branch', async () => {
    for (const without of branchesOf(scenario.paths[path]!)) {
      const run = await play(scenario, path, { without });
      expect({ without, problems: run.problems }).toEqual({ without, problems: [] });
    }
  });

  test('declares exactly what the facts say, optional events under a condition', () => {
    const declared = scenario.paths[path]!.fires.map(({ type, step, if: condition }) => ({
      type,
      step,
      optional: condition !== undefined,
    }));
    const stated = known.map(({ type, step, optional = false }) => ({
      type,
      step,
      optional: optional && !ALWAYS.has(type),
    }));
    // A dispute may be won or lost whatever era pays: we run both, though the facts list only one as optional.
    const lenient = (list: typeof stated) =>
      list.map((entry) => (entry.type === 'charge.dispute.funds_reinstated' ? { ...entry, optional: true } : entry));
    expect(lenient(declared)).toEqual(lenient(stated));
    for (const { if: condition } of scenario.paths[path]!.fires)
      if (condition) expect(scenario.paths[path]!.conditions).toHaveProperty(condition);
  });

  test('the payloads show what the facts say', async () => {
    const { events } = await play(scenario, path);
    events.forEach((played, i) => {
      const fact = known[i]!;
      const where = `${scenario.id}/${path} ${fact.type}`;
      const object = (played.event['data'] as JsonObject)['object'] as JsonObject;
      for (const [field, wanted] of Object.entries(fact.snapshot ?? {}))
        if (!OLDER[fact.type]?.includes(field))
          expect(
            fits(valueAt(object, field), wanted),
            `${where}: ${field} should be ${JSON.stringify(wanted)}, is ${JSON.stringify(valueAt(object, field))}`,
          ).toBe(true);
      expect((played.event['request'] as JsonObject)['id'] === null, `${where}: request.id`).toBe(
        requestMissing(fact, played),
      );
    });
  });

  test('previous_attributes hold what changed, and nothing else', async () => {
    const { events } = await play(scenario, path);
    events.forEach(({ event }, i) => {
      const previous = (event['data'] as JsonObject)['previous_attributes'] as JsonObject | undefined;
      const stated = known[i]!.previous_attributes;
      const type = known[i]!.type;
      const expected = leaves(stated ?? {}).filter((path) => !OLDER[type]?.some((each) => path.startsWith(each)));
      const actual = leaves(previous ?? {}).filter((path) => expected.includes(path) || !MORE[type]?.includes(path));
      expect({ type, paths: actual.toSorted() }).toEqual({ type, paths: expected.toSorted() });
      for (const path of expected)
        expect(fits(valueAt(previous!, path), valueAt(stated!, path)!), `${type} ${path}`).toBe(true);
    });
  });
});

test('all seven, each in both eras', () => {
  expect(scenarios.slice(0, 7).map(({ number, paths }) => [number, Object.keys(paths)])).toEqual(
    [1, 2, 3, 4, 5, 6, 7].map((number) => [number, ['classic', 'current']]),
  );
});

const requestMissing = ({ request_id }: Fact, { event }: PlayedEvent) =>
  request_id === 'set' ? false : request_id === 'null' ? true : (event['request'] as JsonObject)['id'] === null;

function valueAt(object: Json, path: string): Json | undefined {
  let value: Json | undefined = object;
  for (const name of path.replaceAll(/\[(\d+)\]/g, '.$1').split('.'))
    value = value === null || typeof value !== 'object' ? undefined : (value as JsonObject)[name];
  return value;
}

function leaves(value: Json, at = ''): string[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, at ? `${at}.${key}` : key));
}

// A fact is a value, or a placeholder in angle brackets for one that differs from run to run.
function fits(value: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted) && Array.isArray(value))
    return value.length === wanted.length && wanted.every((each, i) => fits(value[i], each));
  if (typeof wanted !== 'string') return JSON.stringify(value) === JSON.stringify(wanted);
  switch (wanted) {
    case '<amount>':
    case '<captured>':
    case '<cumulative>':
      return value === 2000;
    case '-<amount>':
      return value === -2000;
    case '<before>':
    case '<amount minus captured, partial capture>':
      return value === 0;
    case '<ts>':
    case '<old ts>':
      return typeof value === 'number' && value > 1_700_000_000;
    case '<url>':
    case '<earlier url>':
      return typeof value === 'string' && URL.canParse(value);
    case '<email>':
      return value === 'jenny.rosen@example.com';
    case '<new>':
      return value === 'Order 6735' || value === 2000;
    case '<old>':
      // Of an invoice: nothing yet, or all of it.
      return value === 0 || value === 5000;
    case '<less>':
      return value === 3000;
    case '<list>':
      return Array.isArray(value) && value.length === 1;
    case 'void_invoice or automatic':
      return value === 'void_invoice' || value === 'automatic';
    case '<arn>':
      return /^\d{23}$/.test(String(value));
    case '<2 entries>':
      return Array.isArray(value) && value.length === 2;
    case 'won or lost':
      return value === 'won' || value === 'lost';
    case 'true when full, else false':
      return value === true;
  }
  const id = /^<(\w+_)>$/.exec(wanted);
  if (id) return typeof value === 'string' && value.startsWith(id[1]!);
  if (wanted.includes('<')) throw new Error(`no rule for ${wanted}`);
  return value === wanted;
}
