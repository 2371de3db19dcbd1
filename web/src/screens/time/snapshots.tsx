import { useState } from 'react';
import type { TimeState } from '../../../../src/console/api/types.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Panel } from '../../ui/page.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import { utc } from '../../ui/time.ts';
import css from './time.module.css';
import { useAction } from './use-action.ts';

/** The world as it was at moments that were kept. */
export function Snapshots({ state: { snapshots }, readOnly }: { state: TimeState; readOnly: boolean }) {
  const [name, setName] = useState('');
  const [restoring, setRestoring] = useState<string | null>(null);
  const act = useAction<unknown>();
  return (
    <Panel title="Snapshots" bare>
      {!readOnly && (
        <form
          className={css['line']}
          onSubmit={(event) => {
            event.preventDefault();
            act.mutate({ path: 'time/snapshots', body: { name } }, { onSuccess: () => setName('') });
          }}
        >
          <input
            className="grow"
            aria-label="A name for the snapshot"
            placeholder="before-renewal"
            pattern="[A-Za-z0-9][\w.\-]{0,63}"
            title="Up to 64 letters, digits, dots and dashes"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={act.isPending}>
            Keep the world as it is
          </Button>
        </form>
      )}
      {snapshots.map((snapshot) => (
        <div key={snapshot.name} className={css['line']}>
          <span className="grow">
            <strong>{snapshot.name}</strong>
            <span className="small quiet" style={{ display: 'block' }}>
              {utc(snapshot.at)}, {snapshot.objects} objects, {snapshot.events} events
            </span>
          </span>
          {!readOnly && (
            <>
              <Button small onClick={() => setRestoring(snapshot.name)}>
                Restore
              </Button>
              <Button
                small
                look="bare"
                onClick={() => act.mutate({ path: `time/snapshots/${snapshot.name}`, method: 'DELETE' })}
              >
                Drop
              </Button>
            </>
          )}
        </div>
      ))}
      {act.error && <ProblemLine error={act.error} />}
      {restoring !== null && (
        <Dialog
          title={`Back to ${restoring}`}
          onClose={() => setRestoring(null)}
          foot={
            <>
              <Button onClick={() => setRestoring(null)}>Cancel</Button>
              <Button
                look="primary"
                onClick={() => {
                  act.mutate({ path: `time/snapshots/${restoring}/restore` });
                  setRestoring(null);
                }}
              >
                Restore
              </Button>
            </>
          }
        >
          <p>
            The local Stripe becomes what it was, clock included. What this receiver has stored since stays stored: its
            mirror shows objects that the restored world no longer has.
          </p>
        </Dialog>
      )}
    </Panel>
  );
}
