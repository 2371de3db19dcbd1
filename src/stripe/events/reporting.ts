import { snapshots } from './define.ts';

/** Snapshot events: files. */
export const files = snapshots('Files', {
  'file.created': { subject: 'file', text: 'Stripe generated a new file for the account, such as a report.' },
});

/** Snapshot events: reporting. */
export const reporting = snapshots('Reporting', {
  'reporting.report_run.failed': {
    subject: 'reporting.report_run',
    text: 'A report you requested could not be produced.',
    thin: false,
  },
  'reporting.report_run.succeeded': {
    subject: 'reporting.report_run',
    text: 'A report you requested is ready for download.',
    thin: false,
  },
  'reporting.report_type.updated': {
    subject: 'reporting.report_type',
    text: 'New data became available for a type of report.',
    thin: false,
  },
  'sigma.scheduled_query_run.created': {
    subject: 'scheduled_query_run',
    text: 'A scheduled Sigma query finished running.',
  },
});
