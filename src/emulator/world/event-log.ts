import type { JsonObject } from '../../base/json.ts';

/** One line of the log. Its place in the log is the truth about order, which no receiver ever sees. */
export type LoggedEvent = {
  readonly sequence: number;
  readonly event: JsonObject & { id: string; type: string; created: number; account?: string };
  /** Whether it tells that its subject is gone. */
  readonly deleted: boolean;
  /** Endpoints that have yet to answer 2xx; `null` before it was decided who gets it. */
  pending: number;
};

/** What the last event about an object said: the whole of it. */
export type Truth = { account: string; object: string; id: string; deleted: boolean; json: JsonObject };

/** Everything a world ever told, in order. */
export type EventLog = {
  append(event: LoggedEvent['event'], deleted: boolean): LoggedEvent;
  get(id: string): LoggedEvent | undefined;
  readonly all: readonly LoggedEvent[];
  /** For every object the world told of: the whole JSON of the last event about it. */
  truth(): Truth[];
  clear(): void;
};

export function createEventLog(): EventLog {
  let all: LoggedEvent[] = [];
  const byId = new Map<string, LoggedEvent>();
  return {
    append(event, deleted) {
      const logged = { sequence: all.length, event, deleted, pending: 0 };
      all.push(logged);
      return logged;
    },
    get(id) {
      // Of a hundred thousand events next to none is ever asked for: they are indexed when the first of them is.
      for (let i = byId.size; i < all.length; i++) byId.set(all[i]!.event.id, all[i]!);
      return byId.get(id);
    },
    get all() {
      return all;
    },
    truth() {
      const last = new Map<string, Truth>();
      for (const { event, deleted } of all) {
        const json = (event['data'] as JsonObject)['object'] as JsonObject;
        const { id, object } = json as { id?: string; object: string };
        if (!id) continue;
        const account = event.account ?? '';
        last.set(`${account} ${object} ${id}`, { account, object, id, deleted, json });
      }
      return [...last.values()];
    },
    clear() {
      all = [];
      byId.clear();
    },
  };
}
