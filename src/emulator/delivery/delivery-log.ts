import type { Delivery } from './delivery.ts';

/** Which deliveries to tell of. */
export type DeliveryFilter = { event?: string; endpoint?: string; state?: string; type?: string; limit?: number };

/** What was sent where, the oldest first, within a bound: finished deliveries go before it, the oldest first. */
export type DeliveryLog = {
  readonly all: readonly Delivery[];
  add(delivery: Omit<Delivery, 'id'>): Delivery;
  get(id: string): Delivery | undefined;
  /** The automatic delivery of an event to an endpoint. */
  of(event: string, endpoint: string): Delivery | undefined;
  /** The newest first. */
  list(filter?: DeliveryFilter): Delivery[];
  clear(deliveries?: Delivery[]): void;
};

const KEPT = 10_000;

export function createDeliveryLog(kept = KEPT): DeliveryLog {
  let all: Delivery[] = [];
  let number = 0;

  // Rarely, and then many at once: each delivery is looked at once or twice in its life.
  const trim = () => {
    if (all.length <= kept * 2) return;
    let surplus = all.length - kept;
    all = all.filter((delivery) => {
      if (surplus === 0 || delivery.state === 'pending') return true;
      surplus--;
      return false;
    });
  };

  return {
    get all() {
      return all;
    },
    add(fields) {
      const delivery = { id: `wd_${++number}`, ...fields };
      all.push(delivery);
      trim();
      return delivery;
    },
    // Both are asked for when a person looks at one delivery, or sends one again: not worth an index that each one pays.
    get: (id) => all.find((each) => each.id === id),
    of: (event, endpoint) => all.find((each) => each.event === event && each.endpoint === endpoint && !each.manual),
    list({ event, endpoint, state, type, limit = 100 } = {}) {
      const found: Delivery[] = [];
      for (let i = all.length - 1; i >= 0 && found.length < limit; i--) {
        const each = all[i]!;
        if (event !== undefined && each.event !== event) continue;
        if (endpoint !== undefined && each.endpoint !== endpoint) continue;
        if (state !== undefined && each.state !== state) continue;
        if (type !== undefined && each.type !== type) continue;
        found.push(each);
      }
      return found;
    },
    clear(deliveries = []) {
      all = deliveries;
      number = Math.max(number, ...deliveries.map(({ id }) => Number(id.slice('wd_'.length))));
    },
  };
}
