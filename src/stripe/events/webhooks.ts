import { thins } from './define.ts';

/** Thin events without a snapshot twin: webhooks. */
export const webhooksThin = thins('Webhooks', {
  'v2.core.event_destination.ping': {
    subject: 'v2.core.event_destination',
    text: 'A test event checking that an event destination is reachable; modern heir of the old ping.',
    since: '18.5.0',
  },
});
