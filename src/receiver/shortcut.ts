import { isObject, type JsonObject } from '../base/json.ts';
import { indexedFields } from '../store/columns.ts';
import { laneOf, type ClaimedLane, type IncomingEvent, type MirrorWrite, type Shortcut } from '../store/store.ts';
import { deletes } from '../stripe/lifecycle.ts';
import { COPY, factOf } from './mirror/fact.ts';
import { isNotification } from './work/item.ts';
import { maskMirror } from './work/redact.ts';
import { isAboutAccess } from './work/account-mark.ts';
import { jsonOf, type JsonOf } from './work/mirror-write.ts';
import type { Settings } from './options.ts';

/** Whoever works on events as soon as they are stored, instead of claiming them. */
export interface Hands {
  /** For one commit; undefined while nobody works here. */
  turn(): Turn | undefined;
}

/** One commit's events in the hands of whoever works on them. */
export interface Turn {
  /** What its events may be taken with. */
  lease: { owner: string; lease: number; until: number };
  /** What is to be done with an event of a type: one that is to be worked on has a place until the turn ends. */
  step(type: string): Shortcut['step'];
  /** To be called once, however the commit ended: works on what was taken. */
  end(taken: readonly ClaimedLane[]): void;
}

/** A proven event, parsed, that may share its commit with its mirror row and the beginning of its work. */
export interface Candidate {
  event: IncomingEvent;
  json: JsonObject;
  mirror: MirrorWrite | undefined;
}

/**
 * What can be said of an event by itself: the mirror's row, if nothing else is known of its object. Undefined for what
 * needs more than that: deletions, notifications, accounts that withdraw their access.
 */
export function candidateOf<Tx>(
  event: IncomingEvent,
  json: unknown,
  { mirror, redact, store }: Pick<Settings<Tx>, 'mirror' | 'redact'> & { store: JsonOf },
): Candidate | undefined {
  if (!isObject(json) || isNotification(json)) return undefined;
  const fact = factOf(json);
  if (!fact || event.type === COPY || isAboutAccess(event.type) || deletes(event.type, fact.object)) return undefined;
  if (!mirror || event.objectId === '') return { event, json, mirror: undefined };
  const { account, object, objectId, id, created } = event;
  const indexed = indexedFields(object, fact.object);
  const shown = { json: jsonOf(fact.object, store), indexed, ties: 1, deleted: false, ambiguous: false };
  return { event, json, mirror: maskMirror({ account, object, id: objectId, eventId: id, created, ...shown }, redact) };
}

/** A lane that was leased in the commit that stored its only open event, as if it had been claimed. */
export function takenLane({ event, json, mirror }: Candidate, seq: number, lease: number): ClaimedLane {
  const { account, id, type, created, object, objectId, proof, receivedAt, payload } = event;
  return {
    lane: laneOf(event),
    lease,
    events: [
      {
        seq,
        account,
        id,
        type,
        created,
        object,
        objectId,
        valid: true,
        proof,
        state: 'processing',
        attempts: 0,
        deliveries: 1,
        receivedAt,
        payload,
        json,
        records: [],
      },
    ],
    waiting: [],
    near: [],
    mirror: mirror && { json: mirror.json, created, ties: 1, deleted: false, ambiguous: false },
  };
}
