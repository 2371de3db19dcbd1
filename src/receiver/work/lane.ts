import { isObject, type JsonObject } from '../../base/json.ts';
import type { ClaimedLane, MirrorWrite } from '../../store/store.ts';
import { accountMark } from './account-mark.ts';
import { createDraft } from './draft.ts';
import { handleEvents } from './handle.ts';
import { COPY } from '../mirror/fact.ts';
import { read, type Item } from './item.ts';
import { plainWrite, toldWrite } from './mirror-write.ts';
import { fullSequence, needsHistory, plainSequence, type Sequence } from './sequence.ts';
import { maskCopies, maskMirror } from './redact.ts';
import { relate, type Related } from './thin.ts';
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
    else if ('item' in reading) {
      items.push(reading.item);
      const mark = accountMark(event);
      if (mark) draft.account(mark);
    } else {
      // Its two ends had said something else: it goes to the queue of what it is really about.
      const claim = { seq: event.seq, lane: lane.lane, owner: tools.owner, lease: lane.lease, now: clock.now() };
      const verdict = { valid: true, reason: event.proof ?? '', state: 'pending', envelope: reading.moved } as const;
      return tools.judge({ ...claim, ...verdict, readyAt: clock.now(), attempts: 0, verified: null });
    }
  }
  const linked = relate(lane, items, draft, tools);
  const related = linked ? await linked : { items, history: undefined };
  const inHand = related.items.every(({ event }) => event.json);
  const { sequence, mirror } = inHand
    ? { sequence: plainSequence(related.items), mirror: undefined }
    : await look(lane, related, tools);
  draft.mirror(mirror);
  const shown = mirror?.json ?? (tools.settings.mirror ? lane.mirror?.json : undefined);
  const finished = await handleEvents({ lane, sequence, draft, tools, current: once(() => parseObject(shown)) });
  // Copies are rare, so their lane is read again only where one was worked on.
  const { redact, store } = tools.settings;
  if (redact && finished.size > 0 && (related.history || items.some(({ event }) => event.type === COPY)))
    maskCopies(await store.history(lane.lane), finished, draft, redact);
  await draft.commit({ release: true });
}

async function look<Tx>(
  lane: ClaimedLane,
  { items, history }: Related,
  { settings: { store, mirror, redact }, part }: Tools<Tx>,
): Promise<{ sequence: Sequence; mirror: MirrorWrite | undefined }> {
  const shown = (write: MirrorWrite | 'unchanged' | undefined): MirrorWrite | undefined =>
    maskMirror(write === 'unchanged' ? undefined : write, redact);
  const plain = mirror ? (history ? 'unclear' : plainWrite(lane, items, store)) : 'unchanged';
  if (plain !== 'unclear' && !needsHistory(lane, items))
    return { sequence: plainSequence(items), mirror: shown(plain) };
  const sequence = fullSequence(items, history ?? (await store.history(lane.lane)), part?.includes);
  if (plain !== 'unclear') return { sequence, mirror: shown(plain) };
  const write = shown(sequence.told && toldWrite(items, sequence.told, store));
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
