import { isObject, type Json, type JsonObject } from '../../src/base/json.ts';
import { branchesOf, play, type PlayedEvent, type Scenario } from '../../src/scenarios/index.ts';

/** What a golden file keeps of an event: enough to see what changed, and no whole payload. */
type GoldenEvent = {
  step: string;
  /** Seconds since the step began. */
  after: number;
  type: string;
  id: string;
  subject: string;
  amounts?: JsonObject;
  previous_attributes?: Json;
};

/** Everything a path fires, and, for each branch, what of it does not fire there and what else does. */
export type Golden = Record<
  string,
  { events: GoldenEvent[]; branches?: Record<string, { less: string[]; more: string[] }> }
>;

/** Plays every path of a scenario, in every branch, and writes down what fired. */
export async function record(scenario: Scenario): Promise<Golden> {
  const golden: Golden = {};
  for (const [name, path] of Object.entries(scenario.paths)) {
    const { events } = await play(scenario, name);
    const branches: Record<string, { less: string[]; more: string[] }> = {};
    for (const without of branchesOf(path)) {
      if (without === null) continue;
      const other = (await play(scenario, name, { without })).events;
      branches[without] = { less: lacking(events, other), more: lacking(other, events) };
    }
    golden[name] = { events: events.map(written), ...(Object.keys(branches).length && { branches }) };
  }
  return golden;
}

function written({ step, seconds, event }: PlayedEvent): GoldenEvent {
  const { object, previous_attributes } = event['data'] as { object: JsonObject; previous_attributes?: JsonObject };
  const amounts = Object.fromEntries(
    Object.entries(object).filter(([name, value]) => AMOUNT.test(name) && typeof value === 'number' && value !== 0),
  );
  return {
    step,
    after: seconds,
    type: event.type,
    id: event.id,
    subject: String(object['id'] ?? object['object']),
    ...(Object.keys(amounts).length && { amounts }),
    ...(previous_attributes && { previous_attributes: short(previous_attributes) }),
  };
}

const AMOUNT = /^(amount|total|subtotal|balance|fee|net|unit_amount|starting_balance|ending_balance)|_amount/;

/** Lists of objects by their ids alone. */
function short(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) && item['id'] ? item['id'] : short(item)));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, short(item)]));
}

/** What one run tells and the other does not, with the step that causes it. */
function lacking(one: PlayedEvent[], other: PlayedEvent[]): string[] {
  const rest = other.map(nameOf);
  return one.map(nameOf).filter((name) => {
    const at = rest.indexOf(name);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}

const nameOf = ({ step, event }: PlayedEvent) => `${step} ${event.type}`;

/** Where the file of a scenario is. */
export const fileOf = (id: string): URL => new URL(`../../test/golden/${id}.json`, import.meta.url);
