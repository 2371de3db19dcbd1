import { snapshots } from './define.ts';

/** Snapshot events: apps. */
export const apps = snapshots('Apps', {
  'apps.install.created': {
    subject: 'apps.install',
    text: 'A Stripe App was installed on an account.',
    since: '23.1.0',
    thin: false,
  },
  'apps.install.deleted': {
    subject: 'apps.install',
    text: 'A Stripe App was uninstalled from an account.',
    since: '23.1.0',
    thin: false,
  },
  'apps.install.updated': {
    subject: 'apps.install',
    text: 'An existing Stripe App installation changed, for example its permissions or version.',
    since: '23.1.0',
    thin: false,
  },
});
