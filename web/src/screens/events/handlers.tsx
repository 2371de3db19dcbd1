import type { EventDetails } from '../../../../src/console/api/types.ts';
import { State } from '../../ui/state.tsx';
import { moment } from '../../ui/time.ts';
import css from './event.module.css';

type Props = Pick<EventDetails, 'event' | 'matching'>;

/** What became of each handler with an event: attempts, the next one, the last error with its stack. */
export function Handlers({ event, matching }: Props) {
  const known = new Set(event.handlers.map(({ handler }) => handler));
  const still = matching.filter(({ name }) => !known.has(name));
  if (event.handlers.length + still.length === 0)
    return (
      <p className={`${css['handler']} quiet`}>
        No handler is for this type: it is stored and mirrored, nothing else.{' '}
        <code>receiver.on('{event.type}', …)</code>
      </p>
    );
  return (
    <ul>
      {event.handlers.map(({ handler, state, attempts, failures, nextAt, late, error, updatedAt }) => (
        <li key={handler} className={css['handler']}>
          <div className="row">
            <State state={state} />
            <strong>{handler}</strong>
            <span className="small quiet">
              {attempts === 1 ? '1 attempt' : `${attempts} attempts`}
              {failures > 0 && `, ${failures} failed`}
              {late && ', late'}
            </span>
          </div>
          <p className="small quiet">
            {moment(updatedAt)}
            {nextAt !== null && ` · again ${moment(nextAt)}`}
          </p>
          {error && (
            <pre className={css['stack']} tabIndex={0} role="region" aria-label={`The last error of ${handler}`}>
              {error}
            </pre>
          )}
        </li>
      ))}
      {still.map(({ name, pattern }) => (
        <li key={name} className={css['handler']}>
          <strong>{name}</strong> <span className="small quiet">({pattern}) has not run for it</span>
        </li>
      ))}
    </ul>
  );
}
