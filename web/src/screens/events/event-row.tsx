import type { CSSProperties } from 'react';
import { Link } from 'react-router';
import type { EventRow } from '../../../../src/console/api/types.ts';
import { State } from '../../ui/state.tsx';
import { clockTime, moment } from '../../ui/time.ts';
import css from './events.module.css';

type Props = { event: EventRow | undefined; index: number; fresh?: boolean; style: CSSProperties };

/** One event of the list; an empty one while its page is on its way. */
export function EventRowView({ event, index, fresh = false, style }: Props) {
  if (!event)
    return (
      <div className={css['row']} style={style} role="row" aria-rowindex={index + 2}>
        <span role="cell" className={css['ghost']} />
        <span role="cell" className={css['ghost']} />
      </div>
    );
  const today = Date.now() - event.receivedAt < 20 * 3_600_000;
  return (
    <div className={`${css['row']} ${fresh ? css['new'] : ''}`} style={style} role="row" aria-rowindex={index + 2}>
      <span role="cell">
        <State state={event.state} />
      </span>
      <span role="cell" className="cut">
        <Link className={css['type']!} to={addressOf(event)} data-row={index}>
          {event.type}
        </Link>
      </span>
      <span role="cell" className={`${css['id']} cut`}>
        {event.error ? <span className={css['error']}>{event.error}</span> : event.objectId}
      </span>
      <span role="cell" className={`${css['id']} cut`}>
        {event.account}
      </span>
      <span role="cell" className="small quiet">
        {event.deliveries > 1 ? `${event.deliveries} times` : ''}
      </span>
      <span role="cell" className="small quiet nowrap" title={moment(event.receivedAt)}>
        {today ? clockTime(event.receivedAt) : moment(event.receivedAt).slice(0, 16)}
      </span>
    </div>
  );
}

export const addressOf = ({ id, account }: { id: string; account: string }): string =>
  `/events/${encodeURIComponent(id)}${account ? `?account=${encodeURIComponent(account)}` : ''}`;
