import { useQuery, useQueryClient } from '@tanstack/react-query';
import { FastForward, SkipForward } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { AdvanceRequest, TimeState } from '../../../../src/console/api/types.ts';
import { get } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { useKeys } from '../../ui/keys.ts';
import { Panel } from '../../ui/page.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import { span, utcDate, utcTime } from '../../ui/time.ts';
import css from './time.module.css';
import { useAction } from './use-action.ts';

type Happened = { now: number; events: Record<string, number> };

/** What time it is there, and the ways to move it. */
export function Clock({ state, readOnly }: { state: TimeState; readOnly: boolean }) {
  const [far, setFar] = useState('3d');
  const advance = useAction<Happened>();
  const passing = advance.isPending || state.advancing;
  // While time passes, whoever moves it, how far it has come.
  const way = useQuery({
    queryKey: ['time-passing', state.now],
    queryFn: () => get<TimeState>('time'),
    enabled: passing,
    refetchInterval: passing ? 400 : false,
  });
  const client = useQueryClient();
  const arrived = state.advancing && !advance.isPending && way.data?.advancing === false;
  useEffect(() => {
    if (arrived) void client.invalidateQueries({ queryKey: ['live', 'time'] });
  }, [arrived, client]);
  const now = passing ? Math.max(state.now, way.data?.now ?? 0) : state.now;
  // Before React has said that it is under way, a second key would start it again.
  const going = useRef(false);
  const go = (request: AdvanceRequest) => {
    if (going.current) return;
    going.current = true;
    advance.mutate({ path: 'time/advance', body: request }, { onSettled: () => (going.current = false) });
  };
  const off = readOnly || passing;
  const next = state.due[0];
  useKeys({
    n: () => !off && next && go({ next: true }),
    m: () => !off && go({ by: '1mo' }),
    d: () => !off && go({ by: '1d' }),
  });
  const events = Object.entries(advance.data?.events ?? {});
  return (
    <Panel bare>
      <div className={css['clock']}>
        <div>
          <p className={css['date']}>
            <time dateTime={new Date(now * 1000).toISOString()}>
              {utcDate(now)}, {utcTime(now)}
            </time>
          </p>
          <p className="small quiet">UTC, {state.frozen ? 'standing still' : 'running with the wall clock'}</p>
        </div>
        {!readOnly && (
          <div className={css['moves']}>
            <Button disabled={off} title="d" onClick={() => go({ by: '1d' })}>
              +1 day
            </Button>
            <Button disabled={off} title="m" onClick={() => go({ by: '1mo' })}>
              +1 month
            </Button>
            <Button look="primary" disabled={off || !next} title="n" onClick={() => go({ next: true })}>
              <SkipForward size={14} aria-hidden="true" /> To what is next{next ? ` (${span(next.at - now)})` : ''}
            </Button>
            <form
              className={css['moves']}
              onSubmit={(event) => {
                event.preventDefault();
                go({ by: far });
              }}
            >
              <input
                aria-label="How far: 3d, 2w, 1mo, 1y"
                value={far}
                onChange={(event) => setFar(event.target.value)}
              />
              <Button type="submit" disabled={off} aria-label="Advance by that">
                <FastForward size={14} aria-hidden="true" />
              </Button>
            </form>
          </div>
        )}
      </div>
      <div role="status">
        {passing && <p className={css['line']}>Time passes …</p>}
        {advance.isSuccess && !passing && (
          <div className={css['line']}>
            {events.length === 0 ? (
              <span className="quiet">Nothing happened on the way.</span>
            ) : (
              <ul className={css['happened']} aria-label="Events that fired on the way">
                {events.map(([type, count]) => (
                  <li key={type}>
                    {type}
                    {count > 1 && ` ×${count}`}
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
      </div>
      {advance.error && <ProblemLine error={advance.error} />}
    </Panel>
  );
}
