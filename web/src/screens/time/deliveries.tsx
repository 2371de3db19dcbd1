import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { DeliveryLog } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Panel } from '../../ui/page.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import { utc } from '../../ui/time.ts';
import css from './time.module.css';
import { useAction } from './use-action.ts';

type Delivery = DeliveryLog['items'][number];

/** What the local Stripe sent, to whom, and what was answered. */
export function Deliveries({ readOnly }: { readOnly: boolean }) {
  const [state, setState] = useState('');
  const asked = useQuery({
    queryKey: ['live', 'deliveries', state],
    queryFn: ({ signal }) => get<DeliveryLog>('time/deliveries', { state, limit: 50 }, signal),
  });
  const resend = useAction<unknown>();
  return (
    <Panel
      title="Deliveries"
      bare
      aside={
        <select
          className={css['choice']}
          aria-label="Which deliveries"
          value={state}
          onChange={(event) => setState(event.target.value)}
        >
          <option value="">all</option>
          <option>pending</option>
          <option>delivered</option>
          <option>failed</option>
        </select>
      }
    >
      {(asked.error ?? resend.error) && <ProblemLine error={asked.error ?? resend.error} />}
      <div className={css['log']} tabIndex={0} role="region" aria-label="Deliveries">
        {asked.data?.items.length === 0 && <p className={`${css['line']} quiet`}>None.</p>}
        {asked.data?.items.map((delivery) => (
          <details key={delivery.id}>
            <summary className={css['line']}>
              <span className={delivery.state === 'failed' ? css['bad'] : css['good']}>{answerOf(delivery)}</span>
              <span className="mono grow cut">{delivery.type}</span>
            </summary>
            <div className={css['attempt']}>
              <p className="row">
                <Link to={`/events/${delivery.event}`} className="mono">
                  {delivery.event}
                </Link>
                {!readOnly && (
                  <Button
                    small
                    disabled={resend.isPending}
                    onClick={() => resend.mutate({ path: `time/deliveries/${delivery.id}/resend` })}
                  >
                    <RotateCcw size={12} aria-hidden="true" /> Send again
                  </Button>
                )}
              </p>
              <p className="quiet">
                to {delivery.url}
                {delivery.nextAt !== null && `, again ${utc(delivery.nextAt)}`}
              </p>
              {delivery.attempts.map(({ at, status, error, ms, answer, chaos }, index) => (
                <div key={index}>
                  {utc(at)}: <strong>{status ?? error}</strong> in {ms} ms{chaos && ` (chaos: ${chaos})`}
                  <pre>{answer}</pre>
                </div>
              ))}
            </div>
          </details>
        ))}
      </div>
    </Panel>
  );
}

function answerOf({ attempts, state }: Delivery): string {
  const last = attempts.at(-1);
  return last ? String(last.status ?? 'no answer') : state;
}
