import { Link } from 'react-router';
import type { EventRow } from '../../../../src/console/api/types.ts';
import { State } from '../../ui/state.tsx';
import { utc } from '../../ui/time.ts';
import { addressOf } from './event-row.tsx';
import css from './event.module.css';

/** The life of an object, one event after the other. */
export function Neighbours({ events, here }: { events: readonly EventRow[]; here: number }) {
  return (
    <ol className={css['life']}>
      {events.map((event) => (
        <li
          key={event.seq}
          className={`${css['moment']} ${event.seq === here ? css['here'] : ''}`}
          aria-current={event.seq === here ? 'true' : undefined}
        >
          <Link to={addressOf(event)} className="mono">
            {event.type}
          </Link>
          <State state={event.state} bare />
          <span className="small quiet">{utc(event.created)}</span>
        </li>
      ))}
    </ol>
  );
}
