import type { TimeState } from '../../../../src/console/api/types.ts';
import { Panel } from '../../ui/page.tsx';
import { span, utc } from '../../ui/time.ts';
import css from './time.module.css';

/** What happens next. */
export function Due({ state: { due, now, testClocks } }: { state: TimeState }) {
  return (
    <Panel title="What is due next" bare>
      {due.length === 0 && (
        <p className={`${css['line']} quiet`}>Nothing: make a customer with a subscription below.</p>
      )}
      <ol>
        {due.slice(0, 12).map(({ at, object, id, timer, what }) => (
          <li key={`${object} ${id} ${timer} ${at}`} className={css['due']}>
            <span className={css['in']}>{at <= now ? 'now' : `in ${span(at - now)}`}</span>
            <span>{what}</span>
            <span />
            <span className="small quiet">{utc(at)}</span>
          </li>
        ))}
      </ol>
      {testClocks.map(({ id, now: at, status }) => (
        <p key={id} className={css['line']}>
          Test clock <code>{id}</code>{' '}
          <span className="quiet small">
            {status}, {utc(at)}
          </span>
        </p>
      ))}
    </Panel>
  );
}
