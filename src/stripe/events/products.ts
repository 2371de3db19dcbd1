import { snapshots, thins } from './define.ts';

/** Snapshot events: products. */
export const products = snapshots('Products and prices', {
  'plan.created': {
    subject: 'plan',
    text: 'A legacy plan was created; prices with recurring billing also emit this.',
    seed: true,
  },
  'plan.deleted': { subject: 'plan', text: 'A legacy plan was deleted.', seed: true },
  'plan.updated': {
    subject: 'plan',
    text: 'A legacy plan was changed; recurring price edits also emit this.',
    seed: true,
  },
  'price.created': { subject: 'price', text: 'A price was created.', since: '8.100.0' },
  'price.deleted': { subject: 'price', text: 'A price was deleted.', since: '8.100.0' },
  'price.updated': {
    subject: 'price',
    text: 'A price changed, for example its active flag, nickname, metadata or lookup key.',
    since: '8.100.0',
  },
  'product.created': { subject: 'product', text: 'A product was created.', seed: true },
  'product.deleted': { subject: 'product', text: 'A product was deleted.' },
  'product.updated': { subject: 'product', text: 'A product changed.', seed: true },
});

/** Thin events without a snapshot twin: products. */
export const productsThin = thins('Products and prices', {
  'v1.price.activated': { subject: 'price', text: 'A price became active.', since: '23.1.0' },
  'v1.price.deactivated': { subject: 'price', text: 'A price became inactive.', since: '23.1.0' },
  'v1.price.lookup_key_changed': { subject: 'price', text: "A price's lookup key changed.", since: '23.1.0' },
  'v1.price.tax_behavior_changed': { subject: 'price', text: "A price's tax behaviour changed.", since: '23.1.0' },
  'v1.product.activated': { subject: 'product', text: 'A product became active.', since: '23.1.0' },
  'v1.product.deactivated': { subject: 'product', text: 'A product became inactive.', since: '23.1.0' },
  'v1.product.default_price_changed': {
    subject: 'product',
    text: 'A product got another default price.',
    since: '23.1.0',
  },
  'v1.product.tax_code_changed': { subject: 'product', text: "A product's tax code changed.", since: '23.1.0' },
  'v2.commerce.product_catalog.imports.failed': {
    subject: 'v2.commerce.product_catalog_import',
    text: 'A product catalogue import could not be processed.',
    since: '22.6.2',
  },
  'v2.commerce.product_catalog.imports.processing': {
    subject: 'v2.commerce.product_catalog_import',
    text: 'An uploaded product catalogue file is being processed.',
    since: '22.6.2',
  },
  'v2.commerce.product_catalog.imports.succeeded': {
    subject: 'v2.commerce.product_catalog_import',
    text: 'A product catalogue import passed validation completely.',
    since: '22.6.2',
  },
  'v2.commerce.product_catalog.imports.succeeded_with_errors': {
    subject: 'v2.commerce.product_catalog_import',
    text: 'A product catalogue import finished, but some rows failed.',
    since: '22.6.2',
  },
});
