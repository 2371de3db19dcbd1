import { PaybellError } from '../../../base/errors.ts';
import type { ChaosOptions } from '../../delivery/chaos.ts';
import type { Delivery } from '../../delivery/delivery.ts';
import type { OpenWorld } from '../../open-world.ts';
import { limitIn, type ControlRoutes } from './route.ts';

export const deliveryRoutes: ControlRoutes = {
  'GET /deliveries': ({ open, url }) => {
    const given = Object.fromEntries(
      ['event', 'endpoint', 'state', 'type'].flatMap((name) => {
        const value = url.searchParams.get(name);
        return value === null ? [] : [[name, value]];
      }),
    );
    if (given['state'] !== undefined && !STATES.includes(given['state']))
      throw new PaybellError('bad_option', `state is one of ${STATES.join(', ')}.`);
    return { data: open.queue.list({ ...given, limit: limitIn(url, 100, 1000) }) };
  },
  'GET /deliveries/:': ({ open, path }) => {
    const delivery = needDelivery(open, path[0]!);
    return { ...delivery, body: open.queue.bodyOf(delivery) ?? null };
  },
  'POST /deliveries/:/resend': async ({ open, path }) => {
    const { event, endpoint } = needDelivery(open, path[0]!);
    const [again] = open.resend(event, endpoint);
    if (!again) throw new PaybellError('bad_option', `The endpoint ${endpoint} is gone or disabled, or the event is.`);
    await open.queue.idle();
    return again;
  },
  'GET /chaos': ({ open }) => ({ chaos: open.chaos() }),
  // All options at once; an empty body ends it.
  'POST /chaos': ({ open, body }) => ({
    chaos: open.chaos(Object.keys(body).length === 0 ? null : (body as ChaosOptions)),
  }),
  'DELETE /chaos': ({ open }) => ({ chaos: open.chaos(null) }),
};

const STATES = ['pending', 'delivered', 'failed'];

function needDelivery({ queue }: OpenWorld, id: string): Delivery {
  const found = queue.get(id);
  if (!found) throw new PaybellError('bad_option', `No delivery '${id}' in this world's log.`);
  return found;
}
