import { isObject, type JsonObject } from '../../base/json.ts';
import type { ClaimedLane, MirrorWrite } from '../../store/store.ts';
import type { Settings } from '../options.ts';
import { createDraft } from './draft.ts';
import { handleEvents } from './handle.ts';
import { read, type Item } from './item.ts';
import { plainWrite, toldWrite } from './mirror-write.ts';
import { fullSequence, needsHistory, plainSequence, type Sequence } from './sequence.ts';
import type { Tools } from './tools.ts';

/**
 * Works on one object: brings the mirror up to date, then runs its handlers, one event after the other, the earliest
 * first. Everything is committed before the next handler starts, and the lease is given back with the last commit.
 */
export async function workLane<Tx>(lane: ClaimedLane, tools: Tools<Tx>): Promise<void> {
  const { clock } = tools.settings;
  const draft = createDraft(lane, tools);
  const items: Item[] = [];
  for (const event of lane.events) {
    const reading = read(event);
    if (reading === 'unreadable')
      draft.event({ seq: event.seq, state: 'dead', readyAt: null, reason: 'unreadable: the body is not an event' });
    else if ('item' in reading) items.push(reading.item);
    else {
      // Its two ends had said something else: it goes to the queue of what it is really about.
      const claim = { seq: event.seq, lane: lane.lane, owner: tools.owner, lease: lane.lease, now: clock.now() };
      const verdict = { valid: true, reason: event.proof ?? '', state: 'pending', envelope: reading.moved } as const;
      return tools.judge({ ...claim, ...verdict, readyAt: clock.now(), attempts: 0, verified: null });
    }
  }
  const { sequence, mirror } = await look(lane, items, tools.settings);
  draft.mirror(mirror);
  const shown = mirror?.json ?? (tools.settings.mirror ? lane.mirror?.json : undefined);
  await handleEvents({ lane, sequence, draft, tools, current: once(() => parseObject(shown)) });
  await draft.commit({ release: true });
}

async function look<Tx>(
  lane: ClaimedLane,
  items: readonly Item[],
  { store, mirror }: Settings<Tx>,
): Promise<{ sequence: Sequence; mirror: MirrorWrite | undefined }> {
  const plain = mirror ? plainWrite(lane, items) : 'unchanged';
  if (plain !== 'unclear' && !needsHistory(lane, items))
    return { sequence: plainSequence(items), mirror: plain === 'unchanged' ? undefined : plain };
  const sequence = fullSequence(items, await store.history(lane.lane));
  if (plain !== 'unclear') return { sequence, mirror: plain === 'unchanged' ? undefined : plain };
  const write = sequence.told && toldWrite(items, sequence.told);
  return { sequence, mirror: write && isShown(write, lane) ? undefined : write };
}

function isShown({ json, created, ties, deleted, ambiguous }: MirrorWrite, { mirror }: ClaimedLane): boolean {
  if (!mirror || mirror.json !== json || mirror.created !== created) return false;
  return mirror.ties === ties && mirror.deleted === deleted && mirror.ambiguous === ambiguous;
}

function parseObject(json: string | undefined): JsonObject | undefined {
  const value: unknown = json === undefined ? undefined : JSON.parse(json);
  return isObject(value) ? value : undefined;
}

function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}
