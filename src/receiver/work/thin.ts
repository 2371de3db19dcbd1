import { isObject, type JsonObject } from '../../base/json.ts';
import type { ClaimedLane, HistoryEvent } from '../../store/store.ts';
import { fetchObject, isDeauthorized } from '../api/fetch-object.ts';
import { copyRow, objectOf } from '../mirror/copy.ts';
import { copiedAt } from '../mirror/fact.ts';
import { parse } from '../payload.ts';
import type { Draft } from './draft.ts';
import { isNotification, type Item } from './item.ts';
import type { Tools } from './tools.ts';

/** The waits between two tries, in milliseconds: about as long as the notification has waited so far. */
const WAIT = { least: 2_000, most: 3_600_000 };

/** What the notifications of a lane link to. */
export interface Related {
  /** Those that can be handled, and every other event. */
  items: Item[];
  /** The history of the lane, when it had to be read. */
  history: readonly HistoryEvent[] | undefined;
}

/**
 * Gives the notifications of a lane the object they link to: as it was fetched for them before, else fetched now, once
 * for all of them. What is fetched is stored first, so that neither a retry nor a replay asks again. Those whose object
 * the API does not give now are put off, and hold back later events of their handlers. Undefined when there are none.
 */
export function relate<Tx>(
  lane: ClaimedLane,
  items: readonly Item[],
  draft: Draft<Tx>,
  tools: Tools<Tx>,
): Promise<Related> | undefined {
  const first = items.find(linksElsewhere);
  return first && relateTo(first, lane, items, draft, tools);
}

async function relateTo<Tx>(
  first: Item,
  lane: ClaimedLane,
  items: readonly Item[],
  draft: Draft<Tx>,
  tools: Tools<Tx>,
): Promise<Related> {
  const { store, stripe, clock, keepRefused, redact } = tools.settings;
  let history = await store.history(lane.lane);
  let copies = copiesIn(history);
  const isMissing = (item: Item): boolean => linksElsewhere(item) && !copyFor(item, copies);
  if (!stripe?.rawRequest || !items.some(isMissing) || (await isDeauthorized(store, first.event.account)))
    return { items: items.map(withCopy), history };

  const { account } = first.event;
  const requestedAt = clock.now();
  const fetched = await tools.askApi(() => fetchObject(stripe, linkOf(first)!, onBehalf(first)));
  if (fetched.kind === 'failed')
    return { items: items.filter((item) => !isMissing(item) || !putOff(item)).map(withCopy), history };
  if (fetched.kind === 'found') {
    const { object, apiVersion } = fetched;
    const row = copyRow(object, { account, requestedAt, apiVersion, redact, now: clock.now() });
    if (row) {
      await store.insert({ events: [row], refused: [], keepRefused });
      history = await store.history(lane.lane);
      copies = copiesIn(history);
    }
  }
  return { items: items.map(withCopy), history };

  function withCopy(item: Item): Item {
    const copy = linksElsewhere(item) ? copyFor(item, copies) : undefined;
    return copy ? { ...item, related: copy.object } : item;
  }

  /** Whether it waits for another try; after as long as `ctx.defer` may take, it is handled without its object. */
  function putOff(item: Item): boolean {
    const { event } = item;
    const now = clock.now();
    const age = now - event.receivedAt;
    if (age >= tools.settings.retry.deferFor || fetched.kind !== 'failed') return false;
    const readyAt = now + Math.min(WAIT.most, Math.max(WAIT.least, age));
    const error = `what it links to could not be fetched: ${fetched.reason}`;
    for (const { name: handler } of tools.registry.of(event.type)) {
      const known = event.records.find((record) => record.handler === handler);
      if (known && known.state !== 'pending' && known.state !== 'retrying') continue;
      const { attempts = 0, failures = 0 } = known ?? {};
      const state = 'retrying';
      draft.record({
        seq: event.seq,
        handler,
        state,
        attempts,
        failures,
        nextAt: readyAt,
        late: false,
        error,
        updatedAt: now,
      });
      lane.waiting.push({ seq: event.seq, created: event.created, handler, state });
    }
    draft.event({ seq: event.seq, state: 'retrying', readyAt });
    return true;
  }
}

interface Copy {
  at: number;
  object: JsonObject;
}

/** What the API once said about the object of a lane, the earliest first. */
function copiesIn(history: readonly HistoryEvent[]): Copy[] {
  const copies = history.flatMap(({ payload }) => {
    const json = parse(payload);
    const at = isObject(json) ? copiedAt(json) : undefined;
    const object = isObject(json) ? objectOf(json) : undefined;
    return at === undefined || object === undefined ? [] : [{ at, object }];
  });
  return copies.toSorted((a, b) => a.at - b.at);
}

/** The first copy that was asked for after the notification had come: it shows at least what happened. */
const copyFor = ({ event }: Item, copies: readonly Copy[]): Copy | undefined =>
  copies.find(({ at }) => at >= event.receivedAt);

const linksElsewhere = (item: Item): boolean =>
  !item.event.json && isNotification(item.json) && linkOf(item) !== undefined;

function linkOf({ json }: Item): string | undefined {
  const related = json['related_object'];
  return isObject(related) && typeof related['url'] === 'string' ? related['url'] : undefined;
}

function onBehalf({ json, event }: Item): { stripeContext?: string; stripeAccount?: string } {
  if (typeof json['context'] === 'string') return { stripeContext: json['context'] };
  return event.account === '' ? {} : { stripeAccount: event.account };
}
