import { isObject, type JsonObject } from '../base/json.ts';
import { parse } from './payload.ts';
import { scan } from './scan.ts';

/** What has to be known of an event to store it. */
export interface Envelope {
  id: string;
  type: string;
  /** `''` for the platform's own events. */
  account: string;
  /** Seconds. */
  created: number;
  livemode: boolean | null;
  apiVersion: string | null;
  /** The type and the id of the object it carries, `''` where there is none. */
  object: string;
  objectId: string;
}

/** Finds an event's envelope in a body, by scanning where that is certain, else by parsing; undefined: not an event. */
export function readEnvelope(body: Uint8Array): Envelope | undefined {
  return scan(body) ?? parseEnvelope(body);
}

/** The same by parsing the whole body: the authority on what the scan may say. */
export const parseEnvelope = (body: Uint8Array): Envelope | undefined => envelopeOf(parse(body));

/** The envelope of a parsed event; undefined when it is none. */
export function envelopeOf(event: unknown): Envelope | undefined {
  if (!isObject(event)) return undefined;
  const { id, type, livemode } = event;
  if (!isName(id) || !isName(type)) return undefined;
  const thin = event['object'] === 'v2.core.event';
  const subject = thin ? relatedOf(event) : subjectOf(event);
  // An object that no row can be found by is no reason to lose the event: it is stored as one about nothing.
  const { object, objectId } = isStorable(subject.object) && isStorable(subject.objectId) ? subject : NOTHING;
  const account = accountOf(event, thin);
  if (!isStorable(account)) return undefined;
  const version = event['api_version'];
  return {
    id,
    type,
    account,
    created: createdOf(event['created']),
    livemode: typeof livemode === 'boolean' ? livemode : null,
    apiVersion: typeof version === 'string' && isStorable(version) ? version : null,
    object,
    objectId: object === '' ? '' : objectId,
  };
}

type Subject = Pick<Envelope, 'object' | 'objectId'>;

function subjectOf({ data }: JsonObject): Subject {
  const subject = isObject(data) && isObject(data['object']) ? data['object'] : {};
  return { object: text(subject['object']), objectId: text(subject['id']) };
}

/** A notification waits in the queue of the object it links to, in which the snapshot events of that object wait too. */
function relatedOf({ related_object: related }: JsonObject): Subject {
  return isObject(related)
    ? { object: text(related['type']), objectId: text(related['id']) }
    : { object: '', objectId: '' };
}

// A notification names the account by its context: `acct_…`, or the last part of an organisation's path.
function accountOf({ account, context }: JsonObject, thin: boolean): string {
  if (typeof account === 'string') return account;
  return (thin && typeof context === 'string' && /(?:^|\/)(acct_\w{1,200})$/.exec(context)?.[1]) || '';
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const NOTHING = { object: '', objectId: '' };

/**
 * What may become a key of a row. A NUL or half a surrogate pair would fail the commit of everyone in the group on
 * PostgreSQL, and an endless id its index. Ids that merchants choose (coupons, plans) may hold any letters.
 */
const isStorable = (value: string): boolean => value.length <= 500 && value.isWellFormed() && !value.includes('\0');
const isName = (value: unknown): value is string => typeof value === 'string' && value !== '' && isStorable(value);

// Snapshot events have seconds, thin ones ISO 8601. Without either an event is as old as can be, which changes nothing.
export function createdOf(created: unknown): number {
  if (typeof created === 'number') return Number.isSafeInteger(created) ? created : 0;
  const parsed = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  return Number.isFinite(parsed) ? Math.floor(parsed / 1000) : 0;
}
