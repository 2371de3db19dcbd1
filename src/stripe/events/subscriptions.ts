import { snapshots, thins } from './define.ts';

/** Snapshot events: subscriptions. */
export const subscriptions = snapshots('Billing', {
  'customer.subscription.created': {
    subject: 'subscription',
    text: 'A customer was subscribed; status tells whether it is active, trialing or still incomplete.',
    seed: true,
  },
  'customer.subscription.deleted': {
    subject: 'subscription',
    text: 'A subscription ended: cancelled at once, at period end, or by exhausted dunning.',
    seed: true,
  },
  'customer.subscription.paused': {
    subject: 'subscription',
    text: 'A subscription entered status paused; merely pausing payment collection does not count.',
    since: '11.18.0',
  },
  'customer.subscription.pending_update_applied': {
    subject: 'subscription',
    text: 'A pending subscription change took effect because its invoice was paid.',
    since: '8.100.0',
  },
  'customer.subscription.pending_update_expired': {
    subject: 'subscription',
    text: 'A pending subscription change was dropped because its invoice was not paid in time.',
    since: '8.100.0',
  },
  'customer.subscription.resumed': {
    subject: 'subscription',
    text: 'A subscription in status paused became active again.',
    since: '11.18.0',
  },
  'customer.subscription.trial_will_end': {
    subject: 'subscription',
    text: 'A trial ends in three days, or right away for short or instantly ended trials.',
    seed: true,
  },
  'customer.subscription.updated': {
    subject: 'subscription',
    text: 'A subscription changed: items, quantity, status, period, discount, cancellation flags or default payment method.',
    seed: true,
  },
  'subscription_schedule.aborted': {
    subject: 'subscription_schedule',
    text: 'A schedule stopped because its subscription was cancelled for non-payment.',
  },
  'subscription_schedule.canceled': {
    subject: 'subscription_schedule',
    text: 'A schedule was cancelled, together with any subscription it drives.',
  },
  'subscription_schedule.completed': { subject: 'subscription_schedule', text: 'All phases of a schedule are over.' },
  'subscription_schedule.created': { subject: 'subscription_schedule', text: 'A subscription schedule was created.' },
  'subscription_schedule.expiring': { subject: 'subscription_schedule', text: 'A schedule will end in seven days.' },
  'subscription_schedule.released': {
    subject: 'subscription_schedule',
    text: 'A schedule let go of its subscription, which carries on alone.',
  },
  'subscription_schedule.updated': {
    subject: 'subscription_schedule',
    text: 'A schedule changed, including moving into its next phase.',
  },
});

/** Thin events without a snapshot twin: subscriptions. */
export const subscriptionsThin = thins('Billing', {
  'v1.customer.subscription.active': {
    subject: 'subscription',
    text: "A subscription's status became active.",
    since: '23.1.0',
  },
  'v1.customer.subscription.cancel_at_changed': {
    subject: 'subscription',
    text: "A subscription's planned cancellation date was set, moved or cleared.",
    since: '23.1.0',
  },
  'v1.customer.subscription.default_payment_method_changed': {
    subject: 'subscription',
    text: 'A subscription got a different default payment method.',
    since: '23.1.0',
  },
  'v1.customer.subscription.incomplete': {
    subject: 'subscription',
    text: "A subscription's status became incomplete.",
    since: '23.1.0',
  },
  'v1.customer.subscription.incomplete_expired': {
    subject: 'subscription',
    text: "A subscription's status became incomplete_expired after its first invoice stayed unpaid.",
    since: '23.1.0',
  },
  'v1.customer.subscription.item_added': {
    subject: 'subscription',
    text: 'An item was added to a subscription.',
    since: '23.1.0',
  },
  'v1.customer.subscription.item_price_changed': {
    subject: 'subscription',
    text: 'A subscription item moved to another price.',
    since: '23.1.0',
  },
  'v1.customer.subscription.item_quantity_changed': {
    subject: 'subscription',
    text: "A subscription item's quantity changed.",
    since: '23.1.0',
  },
  'v1.customer.subscription.item_removed': {
    subject: 'subscription',
    text: 'An item was removed from a subscription.',
    since: '23.1.0',
  },
  'v1.customer.subscription.item_tax_rates_changed': {
    subject: 'subscription',
    text: 'The tax rates on a subscription item changed.',
    since: '23.1.0',
  },
  'v1.customer.subscription.past_due': {
    subject: 'subscription',
    text: "A subscription's status became past_due.",
    since: '23.1.0',
  },
  'v1.customer.subscription.trialing': {
    subject: 'subscription',
    text: "A subscription's status became trialing.",
    since: '23.1.0',
  },
  'v1.customer.subscription.unpaid': {
    subject: 'subscription',
    text: "A subscription's status became unpaid.",
    since: '23.1.0',
  },
  'v1.subscription_schedule.phase_added': {
    subject: 'subscription_schedule',
    text: 'A phase was added to a subscription schedule.',
    since: '23.1.0',
  },
  'v1.subscription_schedule.phase_default_tax_rates_changed': {
    subject: 'subscription_schedule',
    text: "A schedule phase's default tax rates changed.",
    since: '23.1.0',
  },
  'v1.subscription_schedule.phase_end_date_changed': {
    subject: 'subscription_schedule',
    text: "A schedule phase's end date moved.",
    since: '23.1.0',
  },
  'v1.subscription_schedule.phase_removed': {
    subject: 'subscription_schedule',
    text: 'A phase was removed from a subscription schedule.',
    since: '23.1.0',
  },
  'v1.subscription_schedule.phase_trial_end_changed': {
    subject: 'subscription_schedule',
    text: "A schedule phase's trial end moved.",
    since: '23.1.0',
  },
});
