import { at } from './shape.ts';
import { defineVersion } from './define.ts';

/** 2024-09-30.acacia: the first version with a name. */
export const acacia = defineVersion('2024-09-30.acacia', {
  objects: [
    {
      object: 'billing.alert',
      what: '`usage_threshold_config` became `usage_threshold`, and its filters moved inside.',
      before: (alert) => ({
        usage_threshold_config: alert['usage_threshold'] ?? null,
        filter: at(alert, 'usage_threshold', 'filters') ?? null,
      }),
    },
  ],
  requests: [
    {
      calls: ['POST /v1/billing/alerts'],
      what: '`usage_threshold_config` became `usage_threshold`.',
      had: { usage_threshold_config: { kind: 'unknown', optional: true } },
      upgrade: (params) => {
        if (!('usage_threshold_config' in params)) return;
        params['usage_threshold'] ??= params['usage_threshold_config']!;
        delete params['usage_threshold_config'];
      },
    },
  ],
});

/** 2024-10-28.acacia: refund events for every refund. */
export const acaciaRefunds = defineVersion('2024-10-28.acacia', {
  source: 'https://docs.stripe.com/changelog/acacia/2024-10-28/refund-webhook-update',
  events: [
    {
      types: ['refund.created', 'refund.updated', 'refund.failed'],
      what: 'Sent for every refund; before, only for refunds without a charge.',
      sentBefore: (refund) => (refund['charge'] ?? null) === null,
    },
  ],
});
