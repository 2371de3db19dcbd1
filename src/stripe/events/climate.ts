import { snapshots } from './define.ts';

/** Snapshot events: climate. */
export const climate = snapshots('Climate', {
  'climate.order.canceled': {
    subject: 'climate.order',
    text: 'A Climate carbon-removal order was cancelled.',
    since: '14.25.0',
  },
  'climate.order.created': {
    subject: 'climate.order',
    text: 'A Climate carbon-removal order was placed.',
    since: '14.25.0',
  },
  'climate.order.delayed': {
    subject: 'climate.order',
    text: 'Delivery of a Climate order was pushed back.',
    since: '14.25.0',
  },
  'climate.order.delivered': {
    subject: 'climate.order',
    text: "A Climate order's carbon removal was delivered.",
    since: '14.25.0',
  },
  'climate.order.product_substituted': {
    subject: 'climate.order',
    text: 'The product on a Climate order was swapped for a different one.',
    since: '14.25.0',
  },
  'climate.product.created': {
    subject: 'climate.product',
    text: 'A new Climate product became available for ordering.',
    since: '14.25.0',
  },
  'climate.product.pricing_updated': {
    subject: 'climate.product',
    text: 'Pricing of a Climate product changed.',
    since: '14.25.0',
  },
});
