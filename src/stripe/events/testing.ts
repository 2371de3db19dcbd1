import { snapshots } from './define.ts';

/** Snapshot events: testing. */
export const testing = snapshots('Testing', {
  'test_helpers.test_clock.advancing': {
    subject: 'test_helpers.test_clock',
    text: 'A test clock began moving to its new time.',
    since: '8.222.0',
  },
  'test_helpers.test_clock.created': {
    subject: 'test_helpers.test_clock',
    text: 'A test clock was created.',
    since: '8.222.0',
  },
  'test_helpers.test_clock.deleted': {
    subject: 'test_helpers.test_clock',
    text: 'A test clock was deleted, along with what was attached to it.',
    since: '8.222.0',
  },
  'test_helpers.test_clock.internal_failure': {
    subject: 'test_helpers.test_clock',
    text: 'A test clock could not be advanced.',
    since: '8.222.0',
  },
  'test_helpers.test_clock.ready': {
    subject: 'test_helpers.test_clock',
    text: 'A test clock reached its target time and everything due has happened.',
    since: '8.222.0',
  },
});
