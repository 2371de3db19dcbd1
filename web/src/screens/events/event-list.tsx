import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { EventRow } from '../../../../src/console/api/types.ts';
import type { Query } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useKeys } from '../../ui/keys.ts';
import { Loading } from '../../ui/loading.tsx';
import { ProblemLine } from '../../ui/problem.tsx';
import { addressOf, EventRowView } from './event-row.tsx';
import css from './events.module.css';
import { useEvents, useSearch } from './use-events.ts';

/** A search stops by itself at so many finds, or after so many events. */
const PLENTY = 500;
const FAR = 200_000;
const NARROW = '(max-width: 900px)';

type ListProps = {
  count: number;
  row: (index: number) => EventRow | undefined;
  /** The first this many are new. */
  fresh?: number;
  onSeen?: (first: number, last: number) => void;
  onTop?: (top: boolean) => void;
  above?: React.ReactNode;
  below?: React.ReactNode;
};

/** Rows that exist only while they are seen: a hundred thousand are as light as fifty. */
function VirtualList({ count, row, fresh = 0, onSeen, onTop, above, below }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [height] = useState(() => (matchMedia(NARROW).matches ? 54 : 38));
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: matchMedia(NARROW).matches ? 0 : 32,
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => onSeen?.(first, last), [first, last, onSeen]);

  const navigate = useNavigate();
  const current = useRef(-1);
  const move = (to: number) => {
    if (count === 0) return;
    current.current = Math.max(0, Math.min(count - 1, to));
    virtual.scrollToIndex(current.current, { align: 'auto' });
    // The row may only now come into being.
    requestAnimationFrame(() =>
      requestAnimationFrame(() =>
        scroller.current?.querySelector<HTMLElement>(`[data-row="${current.current}"]`)?.focus({ preventScroll: true }),
      ),
    );
  };
  const here = () => {
    const focused = document.activeElement?.getAttribute('data-row');
    return focused === null || focused === undefined ? current.current : Number(focused);
  };
  useKeys({
    j: () => move(here() + 1),
    k: () => move(here() - 1),
    ArrowDown: () => move(here() + 1),
    ArrowUp: () => move(here() - 1),
    Home: () => move(0),
    End: () => move(count - 1),
    Enter: () => {
      const at = row(here());
      if (at) void navigate(addressOf(at));
    },
  });
  return (
    <div
      ref={scroller}
      className={css['list']}
      role="table"
      aria-label="Events"
      aria-rowcount={count + 1}
      tabIndex={0}
      onScroll={(event) => onTop?.(event.currentTarget.scrollTop < 4)}
    >
      <div className={css['head']} role="row" aria-rowindex={1}>
        {['State', 'Type', 'Object', 'Account', 'Delivered', 'Received'].map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
      {above}
      <div className={css['space']} style={{ height: virtual.getTotalSize() }} role="rowgroup">
        {items.map(({ index, start }) => {
          const event = row(index);
          return (
            <EventRowView
              key={event?.seq ?? `at ${index}`}
              event={event}
              index={index}
              fresh={index < fresh}
              style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
            />
          );
        })}
      </div>
      {below}
    </div>
  );
}

/** Everything a filter lets through, the newest first, with what arrives. */
export function EventList({ query, narrow }: { query: Query; narrow: boolean }) {
  const [seen, setSeen] = useState({ first: 0, last: 40 });
  const [top, setTop] = useState(true);
  const events = useEvents(query, seen.first, seen.last);
  // Whoever has scrolled away keeps the rows where they are.
  const above = top ? events.fresh : [];
  const look = useSeen(above.length, setSeen);
  if (events.error) return <ProblemLine error={events.error} />;
  if (events.loading) return <Loading />;
  if (events.total + events.fresh.length === 0) return <Nothing narrow={narrow} />;
  return (
    <VirtualList
      count={events.total + above.length}
      row={(index) => (index < above.length ? above[index] : events.row(index - above.length))}
      fresh={events.counted ? above.length : 0}
      onSeen={look}
      onTop={setTop}
      above={
        !top &&
        events.fresh.length > 0 && (
          <div className={css['fresh']}>
            <Button
              small
              look="primary"
              onClick={() => document.querySelector(`.${css['list']}`)?.scrollTo({ top: 0 })}
            >
              {events.fresh.length} new
            </Button>
          </div>
        )
      }
      below={events.more && <p className="quiet small">Older events than these: narrow the list to reach them.</p>}
    />
  );
}

function useSeen(shift: number, setSeen: (seen: { first: number; last: number }) => void) {
  const latest = useRef(shift);
  latest.current = shift;
  const [look] = useState(
    () => (first: number, last: number) =>
      setSeen({ first: Math.max(0, first - latest.current), last: Math.max(0, last - latest.current) }),
  );
  return look;
}

/** The events whose payload contains a text. */
export function SearchList({ query }: { query: Query }) {
  const { rows, searched, hasNextPage, fetchNextPage, isFetching, isPending, error } = useSearch(query);
  // Looking goes on by itself until there is plenty to look at.
  useEffect(() => {
    if (rows.length < PLENTY && hasNextPage && !isFetching && searched < FAR) void fetchNextPage();
  }, [rows.length, hasNextPage, isFetching, searched, fetchNextPage]);
  if (error) return <ProblemLine error={error} />;
  if (isPending) return <Loading what="Searching" />;
  const foot = (
    <p className="small quiet row" role="status">
      {rows.length} found in {searched.toLocaleString('en')} events{isFetching ? ' so far …' : '.'}
      {hasNextPage && !isFetching && (
        <Button small onClick={() => void fetchNextPage()}>
          Search further back
        </Button>
      )}
    </p>
  );
  if (rows.length === 0 && !isFetching) return <Empty title="No payload contains that">{foot}</Empty>;
  return (
    <>
      {foot}
      <VirtualList count={rows.length} row={(index) => rows[index]} />
    </>
  );
}

function Nothing({ narrow }: { narrow: boolean }) {
  if (narrow) return <Empty title="No event is like that">Change the filter above, or clear it.</Empty>;
  return (
    <Empty title="No event has come yet">
      Play a scenario on the cheat sheet, or run <code>npx paybell scenarios run refund --to URL</code>.
    </Empty>
  );
}
