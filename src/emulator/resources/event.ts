import type { Json, JsonObject } from '../../base/json.ts';
import type { LoggedEvent } from '../world/event-log.ts';
import { stripeError } from '../http/errors.ts';
import { defineResource, type Call } from './define.ts';
import { inRange, limitOf } from './lists.ts';
import { noSuch } from './references.ts';

/** GET /v1/events reaches back 30 days (docs.stripe.com/webhooks/process-undelivered-events). */
const KEPT = 30 * 24 * 60 * 60;

export const event = defineResource('event', {
  prefix: 'evt',
  operations: {
    'events.retrieve': ({ world, tx, path }) => {
      const found = world.log.get(path[0]!);
      if (!found || !visible(found, tx)) throw noSuch('event', path[0]!, 'id', 404);
      return shown(found);
    },
    'events.list': list,
    // What `stripe events resend` calls; without an endpoint, whoever wants the event gets it.
    'events.retry': ({ world, tx, path, params }) => {
      const found = world.log.get(path[0]!);
      if (!found || !visible(found, tx)) throw noSuch('event', path[0]!, 'id', 404);
      const endpoint = params['webhook_endpoint'] as string | undefined;
      if (world.resend(found, endpoint) === 0 && endpoint !== undefined)
        throw noSuch('webhook_endpoint', endpoint, 'webhook_endpoint');
      return shown(found);
    },
  },
});

const visible = ({ event }: LoggedEvent, { now, account }: Call['tx']) =>
  event.created > now - KEPT && (event.account ?? '') === account;

const shown = ({ event, pending }: LoggedEvent) => ({ ...event, pending_webhooks: pending });

const EXCLUSIVE = [
  ['starting_after', 'ending_before'],
  ['type', 'types'],
] as const;

function list({ world, tx, params }: Call) {
  for (const [a, b] of EXCLUSIVE)
    if (params[a] !== undefined && params[b] !== undefined) throw stripeError('parameters_exclusive', [a, b]);
  const limit = limitOf(params);
  const log = world.log.all;
  const cursor = (name: string) => {
    const id = params[name] as string | undefined;
    if (id === undefined) return undefined;
    const found = world.log.get(id);
    if (!found || (found.event.account ?? '') !== tx.account) throw noSuch('event', id, name);
    return found.sequence;
  };
  const after = cursor('starting_after');
  const before = cursor('ending_before');
  const wanted = (logged: LoggedEvent) => visible(logged, tx) && passes(logged, params);

  const data: LoggedEvent[] = [];
  const step = before === undefined ? -1 : 1;
  let more = false;
  for (let i = before === undefined ? (after ?? log.length) - 1 : before + 1; i >= 0 && i < log.length; i += step) {
    if (!wanted(log[i]!)) continue;
    if (data.length === limit) {
      more = true;
      break;
    }
    data.push(log[i]!);
  }
  if (step > 0) data.reverse();
  return { object: 'list', data: data.map(shown), has_more: more, url: '/v1/events' };
}

function passes({ event, pending }: LoggedEvent, params: JsonObject): boolean {
  const { type, types, created, delivery_success } = params as Record<string, Json | undefined>;
  if (typeof type === 'string' && !matches(type, event.type)) return false;
  if (Array.isArray(types) && !types.some((each) => matches(String(each), event.type))) return false;
  if (typeof created === 'number' && event.created !== created) return false;
  if (typeof created === 'object' && created && !inRange(event.created, created as JsonObject)) return false;
  return typeof delivery_success === 'boolean' ? (pending === 0) === delivery_success : true;
}

const matches = (pattern: string, type: string) =>
  pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
