import type { JsonObject } from '../../base/json.ts';
import type { EventState, HandlerRecord, StoreCounts, StoredEvent } from '../../store/store.ts';

/**
 * What the console's server says to its web app, as JSON below `/api/`. Only types: the web app imports this file and
 * nothing else of the server. Times are milliseconds since the Unix epoch unless a field says seconds.
 */

export type * from './time-types.ts';

/** `GET /api/session`: what this console can do. */
export interface Session {
  version: string;
  /** Nothing may be changed: replay, time and everything else that is a POST is refused. */
  readOnly: boolean;
  /** Name → address of everything that runs. */
  addresses: Record<string, string>;
  /** Of the first endpoint. */
  path: string;
  handlers: { name: string; pattern: string }[];
  /** The local Stripe beside the receiver; null when there is none (`paybell serve`). */
  stripe: { url: string; key: string } | null;
  /** Whether scenarios can be played into this receiver. */
  canPlay: boolean;
}

/** Server-sent events of `GET /api/live`; each is a `data:` line of JSON. `changed` comes at most four times a second. */
export type LiveMessage = {
  kind: 'changed';
  /** The newest event's place in the order of arrival, 0 when there is none. */
  newest: number;
  counts: StoreCounts;
};

/** A row of the list of events: what a stored event shows in a list. */
export interface EventRow extends Pick<
  StoredEvent,
  | 'seq'
  | 'account'
  | 'id'
  | 'type'
  | 'created'
  | 'object'
  | 'objectId'
  | 'valid'
  | 'state'
  | 'reason'
  | 'twinOf'
  | 'deliveries'
  | 'receivedAt'
> {
  /** Attempts of all its handlers together. */
  attempts: number;
  /** The last error of a handler, its first line. */
  error: string | null;
}

/**
 * `GET /api/events?type&state&account&object&handler&since&until&text&before&limit`: a page, newest first. `object` is an
 * object's id. With `text` the payloads are searched, a bounded number of events at a time.
 */
export interface EventPage {
  items: EventRow[];
  /** The `before` of the following page; null on the last. */
  next: number | null;
  /** How many events were looked at for `text`; with `next` set there may be more. */
  searched?: number;
}

/**
 * `GET /api/events/marks?…&every=100`: where each page of a list begins, so that a scrollbar can go anywhere: page `i` is
 * `/api/events?…&before=marks[i]&limit=every`. At most 1,000 marks; `more` says that older events follow. With `before`
 * newer events are not counted.
 */
export interface EventMarks {
  total: number;
  every: number;
  marks: number[];
  more: boolean;
}

/** `GET /api/events/:id?account=`: one event with everything known of it. */
export interface EventDetails {
  event: EventRow & {
    livemode: boolean | null;
    apiVersion: string | null;
    /** How it was proven: which secret, or the API. */
    proof: string | null;
    lastReceivedAt: number;
    finishedAt: number | null;
    readyAt: number | null;
    redacted: readonly string[] | null;
    /** Its payload is gone, by age. */
    pruned: boolean;
    handlers: HandlerRecord[];
  };
  /** The body as it came, as text; empty when it is gone. */
  payload: string;
  /** The API's copy, when it was verified against the API. */
  verified: string | null;
  /** The other events of the same object, in the order of the object's life, this one among them; at most 100. */
  neighbours: EventRow[];
  /** What the catalogue and the scenarios say of its type; null for an unknown one. */
  about: EventAdvice | null;
  /** Handlers registered in this process that match its type. */
  matching: { name: string; pattern: string }[];
}

/** What to do with events of a type, from the scenarios that fire it. */
export interface EventAdvice {
  type: string;
  description: string;
  area: string;
  era: 'current' | 'legacy';
  /** Where Stripe describes it. */
  docs: string;
  /** Each different advice once. */
  advice: { do: 'handle' | 'ignore'; why: string; scenario: string; title: string }[];
}

/** `POST /api/replay` takes this and answers with the receiver's `ReplayReport`. */
export interface ReplayRequest {
  ids: string[];
  account?: string;
  /** All of them when not given. */
  handler?: string;
  /** Only tells what would run. */
  dryRun: boolean;
}

/** `GET /api/refused?before&limit`: deliveries that were not accepted, newest first. */
export interface RefusedPage {
  items: {
    seq: number;
    reason: string;
    detail: string;
    signature: string;
    /** Bytes of the whole body. */
    size: number;
    /** The beginning of the body, as text. */
    body: string;
    receivedAt: number;
    /** What to do about it. */
    help: string;
  }[];
  next: number | null;
}

/** `GET /api/objects`: which types of object the mirror holds, most first. */
export interface ObjectTypes {
  types: { object: string; view: string; count: number }[];
}

/** `GET /api/objects/:object?account&after&limit`: a page of one type, with the typed columns of its view. */
export interface ObjectPage {
  object: string;
  view: string;
  columns: { name: string; type: 'text' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'json'; money: boolean }[];
  rows: {
    account: string;
    id: string;
    deleted: boolean;
    ambiguous: boolean;
    updatedAt: number;
    /** In the order of `columns`: what a cell shows; `json` ones as text, at most 200 characters. */
    cells: (string | number | boolean | null)[];
  }[];
  next: string | null;
}

/** `GET /api/objects/:object/:id?account=`: one object with its life. */
export interface ObjectDetails {
  object: string;
  id: string;
  account: string;
  deleted: boolean;
  ambiguous: boolean;
  updatedAt: number;
  state: JsonObject;
  /** Its events, oldest first, with what each changed; at most 200. */
  history: {
    event: EventRow;
    /** Dotted path → before and after, compared with the event before it; a first one has none. */
    changes: { path: string; before: unknown; after: unknown }[];
  }[];
  /** Objects of the mirror it names (`customer: cus_…`), and objects that name it where that is indexed. */
  links: { field: string; object: string; id: string; direction: 'to' | 'from' }[];
}

/** `GET /api/health`: how the receiver has been doing, sampled by this process. */
export interface Health {
  counts: StoreCounts;
  /** How long the longest waiting work has been due, in milliseconds. */
  lag: number;
  /** Since this process began. */
  totals: {
    received: number;
    stored: number;
    duplicates: number;
    refused: number;
    failed: number;
    retries: number;
    dead: number;
  };
  /** Equal steps of time, the last one the newest; each array is as long as `at`. `received` and so on are counts within the step. */
  series: {
    /** Milliseconds a step lasts. */
    step: number;
    at: number[];
    received: number[];
    refused: number[];
    duplicates: number[];
    retries: number[];
    dead: number[];
    /** At the end of the step, milliseconds. */
    lag: number[];
    /** Events with something left to do, at the end of the step. */
    backlog: number[];
    /** 99th percentile of the time to answer within the step, milliseconds; null when nothing came. */
    answer: (number | null)[];
  };
  handlers: {
    name: string;
    pattern: string;
    runs: number;
    failures: number;
    dead: number;
    deferred: number;
    meanMs: number;
  }[];
}

/** `GET /api/catalog`: every event type. */
export interface Catalog {
  types: {
    type: string;
    description: string;
    area: string;
    group: string;
    subject: readonly string[];
    payload: 'snapshot' | 'thin';
    era: 'current' | 'legacy';
    lastEra: string | null;
    replacement: readonly string[];
    inSeed: boolean;
    /** The scenarios whose declared events contain it. */
    scenarios: string[];
  }[];
}

/** `GET /api/catalog/:type`: one type with an example, which is made when first asked for. */
export interface CatalogEntry {
  about: EventAdvice;
  subject: readonly string[];
  payload: 'snapshot' | 'thin';
  lastEra: string | null;
  replacement: readonly string[];
  twin: string | null;
  firstSeen: { sdk: string; api: string } | null;
  example: {
    event: JsonObject;
    reachedBy: 'scenario' | 'recipe' | 'schema';
    by: string | null;
    fidelity: 'behaviour' | 'schema' | 'era';
  };
  scenarios: { id: string; title: string; path: string; step: string }[];
}

/** `GET /api/scenarios`: all of them, in groups, in the order in which they are shown. */
export interface ScenarioList {
  groups: {
    name: string;
    scenarios: {
      id: string;
      number: number | null;
      title: string;
      story: string;
      paths: string[];
      /** Every type that any of its paths fires, for the search. */
      types: string[];
    }[];
  }[];
}

/** `GET /api/scenarios/:id`: one scenario, each of its paths played once (no `without`), or as `?without=condition` asks. */
export interface ScenarioDetails {
  id: string;
  number: number | null;
  title: string;
  story: string;
  pitfalls: string[];
  paths: ScenarioPath[];
}

export interface ScenarioPath {
  /** `classic`, `current` or the name of a variant. */
  name: string;
  /** How a heading names it. */
  title: string;
  steps: {
    id: string;
    what: string;
    calls: { sdk: string; method: string; path: string; status: number }[];
    /** Seconds of the world. */
    at: number;
    waited: number;
  }[];
  conditions: { id: string; what: string }[];
  /** The condition that did not hold in the run shown; null when all did. */
  without: string | null;
  events: ScenarioEvent[];
  /** Events that what had to be there before fired. */
  setup: number;
  /** How the run differs from what the scenario declares; empty when it does not. */
  problems: string[];
}

export interface ScenarioEvent {
  step: string;
  /** Seconds since its step began. */
  seconds: number;
  /** Seconds since the run's first step began. */
  offset: number;
  do: 'handle' | 'ignore';
  why: string;
  /** The condition it depends on. */
  if: string | null;
  docs: string;
  event: JsonObject & { id: string; type: string; created: number };
}

/** `POST /api/scenarios/:id/play` takes this and answers with server-sent events of `PlayMessage`. */
export interface PlayRequest {
  path: string;
  without?: string | null;
  /** Milliseconds to wait before each delivery of a step, 0 to 2,000: so that people can watch. */
  pace: number;
}

export type PlayMessage =
  | { kind: 'step'; step: string; what: string }
  /** Sent to the receiver; `index` is its place among the events of the scenario's steps, null for those of the setup. */
  | { kind: 'sent'; index: number | null; type: string; id: string }
  /** The receiver answered. */
  | { kind: 'answered'; index: number | null; id: string; status: number; ms: number }
  /** What the receiver made of it: its state when it was last looked at. */
  | { kind: 'processed'; index: number | null; id: string; state: EventState }
  | {
      kind: 'ended';
      events: number;
      problems: string[];
      mirror: { equal: boolean; objects: number; differences: string[] } | null;
    }
  | { kind: 'failed'; message: string };

/** Everything that is refused answers with this, and a status that says what kind of mistake it was. */
export interface ApiError {
  error: { code: string; message: string };
}
