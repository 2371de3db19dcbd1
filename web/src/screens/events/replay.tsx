import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { EventDetails, ReplayRequest } from '../../../../src/console/api/types.ts';
import type { ReplayReport } from '../../../../src/receiver/replay.ts';
import { post } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import css from './replay.module.css';

const WHY: Record<ReplayReport['left'][number]['why'], string> = {
  waiting: 'It has not been worked on yet: its handlers run anyway.',
  busy: 'A worker has its object in hand just now: try again in a moment.',
  changed: 'It has been worked on meanwhile: look again.',
  pruned: 'Its payload is gone, by age: there is nothing left to handle.',
  unknown: 'It is not proven, so it is not handled.',
  repeat: 'The same change came under another id: that event is the one to replay.',
};

/** Says what would run, and runs it when that is confirmed. */
export function Replay({ details: { event, matching }, onClose }: { details: EventDetails; onClose: () => void }) {
  const client = useQueryClient();
  const [handler, setHandler] = useState('');
  const request: ReplayRequest = { ids: [event.id], account: event.account, dryRun: true, ...(handler && { handler }) };
  const foreseen = useQuery({
    queryKey: ['live', 'replay', request],
    queryFn: () => post<ReplayReport>('replay', request),
  });
  const run = useMutation({
    mutationFn: () => post<ReplayReport>('replay', { ...request, dryRun: false }),
    onSuccess: async ({ left }) => {
      await client.invalidateQueries({ queryKey: ['live'] });
      // What could not run after all is told: closing would look as if it had.
      if (left.length === 0) onClose();
    },
  });
  const report = foreseen.data;
  return (
    <Dialog
      title="Replay this event"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" disabled={!report || report.runs === 0 || run.isPending} onClick={() => run.mutate()}>
            {run.isPending
              ? 'Replaying …'
              : report
                ? `Run ${report.runs === 1 ? '1 handler' : `${report.runs} handlers`}`
                : 'Run'}
          </Button>
        </>
      }
    >
      <p>
        <code>{event.type}</code> <code className="quiet">{event.id}</code>
      </p>
      {matching.length > 1 && (
        <label className={css['field']}>
          Which handlers
          <select value={handler} onChange={(change) => setHandler(change.target.value)}>
            <option value="">all that are for this type</option>
            {matching.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      {report && report.runs > 0 && (
        <>
          <p>These run again; what they did before is forgotten, but not undone:</p>
          <ul className={css['runs']}>
            {report.list.map(({ handler: name }) => (
              <li key={name}>
                <strong>{name}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
      {(run.data ?? report)?.left.map(({ id, why }) => (
        <p key={id}>{WHY[why]}</p>
      ))}
      {(foreseen.error ?? run.error) && <ProblemLine error={foreseen.error ?? run.error} />}
    </Dialog>
  );
}
