import { useEffect, useRef, useState } from 'react';
import type { Query } from '../../api/client.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Problem, ProblemLine } from '../../ui/problem.tsx';
import css from './events.module.css';
import { useEvents, useSearch } from './use-events.ts';
import { VirtualList } from './virtual-list.tsx';

/** A search stops by itself at so many finds, or after so many events. */
const PLENTY = 500;
const FAR = 200_000;

/** Everything a filter lets through, the newest first, with what arrives. */
export function EventList({ query, narrow }: { query: Query; narrow: boolean }) {
  const [seen, setSeen] = useState({ first: 0, last: 40 });
  const [held, setHeld] = useState(false);
  const events = useEvents(query, seen.first, seen.last, held);
  const { fresh, total, waiting, gap } = events;
  // An empty row stands for those that are being counted.
  const above = fresh.length + (gap ? 1 : 0);
  const look = useSeen(above, setSeen);
  if (events.error && !events.counted) return <Problem error={events.error} />;
  if (events.loading) return <Loading />;
  if (total + above + waiting === 0) return <Nothing narrow={narrow} />;
  const toTop = () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    document.querySelector(`.${css['list']}`)?.scrollTo({ top: 0 });
  };
  return (
    <>
      {events.error && <ProblemLine error={events.error} />}
      <VirtualList
        count={total + above}
        row={(index) => (index < above ? fresh[index] : events.row(index - above))}
        fresh={events.counted ? fresh.length : 0}
        onSeen={look}
        onHeld={setHeld}
        above={
          waiting > 0 && (
            <div className={css['fresh']}>
              <Button small look="primary" onClick={toTop}>
                {waiting}
                {events.unbounded && '+'} new
              </Button>
            </div>
          )
        }
        below={events.more && <p className="quiet small">Older events than these: narrow the list to reach them.</p>}
      />
    </>
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
  const { rows, searched, hasNextPage, fetchNextPage, isFetching, isPending, error, refetch } = useSearch(query);
  // Looking goes on by itself until there is plenty to look at.
  useEffect(() => {
    if (rows.length < PLENTY && hasNextPage && !isFetching && searched < FAR) void fetchNextPage();
  }, [rows.length, hasNextPage, isFetching, searched, fetchNextPage]);
  if (error) return <Problem error={error} again={() => void refetch()} />;
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
