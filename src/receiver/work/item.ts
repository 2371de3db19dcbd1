import { isObject, type JsonObject } from '../../base/json.ts';
import type { ClaimedEvent, HistoryEvent } from '../../store/store.ts';
import { envelopeOf, type Envelope } from '../envelope.ts';
import { factOf, type Fact } from '../mirror/fact.ts';
import { parse } from '../payload.ts';

/** A claimed event, parsed. */
export interface Item {
  event: ClaimedEvent;
  json: JsonObject;
  /** What it says of its object; undefined without one. */
  fact: StoredFact | undefined;
  /** What a notification links to, as it was fetched. */
  related?: JsonObject | undefined;
}

/** A fact with what tells repeats from changes. */
export interface StoredFact extends Fact {
  seq: number;
  /** The request that caused the event; null when none did, undefined in old versions. */
  request: string | null | undefined;
}

/** How a claimed event reads: as itself, as another event than it was stored as, or not at all. */
export type Reading = { item: Item } | { moved: Envelope } | 'unreadable';

/** Parses a claimed event; the whole body is the authority on what the receiving side read off its ends. */
export function read(event: ClaimedEvent): Reading {
  const json = event.json ?? parse(event.payload);
  const envelope = envelopeOf(json);
  if (!isObject(json) || !envelope) return 'unreadable';
  for (const field of ['id', 'type', 'account', 'created', 'object', 'objectId'] as const)
    if (envelope[field] !== event[field]) return { moved: envelope };
  return { item: { event, json, fact: storedFact(json, event.seq) } };
}

/** The fact in a stored event; undefined when it carries no object. */
export function historyFact(event: HistoryEvent): StoredFact | undefined {
  const json = parse(event.payload);
  return isObject(json) ? storedFact(json, event.seq) : undefined;
}

function storedFact(json: JsonObject, seq: number): StoredFact | undefined {
  const fact = factOf(json);
  if (!fact) return undefined;
  const request = json['request'];
  const id = isObject(request) ? request['id'] : request;
  return { ...fact, seq, request: typeof id === 'string' ? id : id === null ? null : undefined };
}
