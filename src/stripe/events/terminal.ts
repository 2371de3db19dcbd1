import { snapshots } from './define.ts';

/** Snapshot events: terminal. */
export const terminal = snapshots('Terminal', {
  'terminal.reader.action_failed': {
    subject: 'terminal.reader',
    text: 'An action sent to a card reader failed.',
    since: '8.222.0',
  },
  'terminal.reader.action_succeeded': {
    subject: 'terminal.reader',
    text: 'An action sent to a card reader succeeded.',
    since: '8.222.0',
  },
  'terminal.reader.action_updated': {
    subject: 'terminal.reader',
    text: 'An action running on a card reader reported progress.',
    since: '18.5.0',
  },
});
