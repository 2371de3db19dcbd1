import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { EventMarks, EventPage, EventRow } from '../../../../src/console/api/types.ts';
import { get, type Query } from '../../api/client.ts';
import { useRecount } from './use-recount.ts';

const EVERY = 100;

export type EventList = {
  /** How many rows the list has, the fresh ones not among them. */
  total: number;
  /** Older events than the marks reach follow. */
  more: boolean;
  /** A row, or undefined while its page is on its way. */
  row(index: number): EventRow | undefined;
  /** Came after the list was counted, newest first; those that came while the list is `held` are not among them. */
  fresh: EventRow[];
  /** How many came while the list is held: at least so many when `unbounded`. */
  waiting: number;
  unbounded: boolean;
  /** Between the fresh ones and the rest lie events that are not known yet. */
  gap: boolean;
  counted: boolean;
  loading: boolean;
  error: Error | null;
};

/**
 * Every event that a filter lets through, by its place. Where each page begins is asked once; a page is asked when one of
 * its rows is looked at (`first` to `last`), and again when something changes. What comes meanwhile is `fresh`. While the
 * list is `held`, nothing is put above the rows that somebody looks at.
 */
export function useEvents(query: Query, first: number, last: number, held: boolean): EventList {
  const holding = useRef(held);
  holding.current = held;
  const top = useRef(0);
  // The newest page is asked first: it is what is looked at while the rest is counted.
  const head = useQuery({
    queryKey: ['live', 'events-head', query],
    queryFn: ({ signal }) => get<EventPage>('events', { ...query, limit: EVERY }, signal),
  });
  const marks = useQuery({
    queryKey: ['events-marks', query],
    queryFn: ({ signal }) => {
      // What came on top of a held list stays out of it.
      const before = holding.current && top.current > 0 ? top.current : undefined;
      return get<EventMarks>('events/marks', { ...query, every: EVERY, before }, signal);
    },
    staleTime: Infinity,
  });
  const at = useMemo(() => marks.data?.marks ?? [], [marks.data]);
  top.current = at[0] ?? 0;

  const newer = useMemo(() => (head.data?.items ?? []).filter(({ seq }) => seq >= (at[0] ?? 0)), [head.data, at]);
  // The newest page reaches down to the counted ones, or it does not.
  const counted = marks.data !== undefined;
  const gap = counted && newer.length >= EVERY;
  const { fresh, waiting } = useHeld(newer, held, at[0] ?? 0);

  const pages = useMemo(() => {
    const from = Math.max(0, Math.floor(first / EVERY));
    const to = Math.min(at.length - 1, Math.floor(last / EVERY));
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  }, [at.length, first, last]);
  const known = useRef<EventRow[]>([]);
  const asked = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['live', 'events', query, at[page]],
      // One more than belongs to it: whether others have come in between.
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<EventPage>('events', { ...query, before: at[page], limit: EVERY + 1 }, signal),
      // When rows have just been counted, the first page is known already.
      ...(page === 0 && { placeholderData: () => ({ items: known.current, next: null }) }),
    })),
  });
  const rows = pages.map((page, i) => within(asked[i]?.data?.items, at[page]!, at[page + 1] ?? 0));
  known.current = joined(head.data?.items ?? [], gap ? [] : (rows[pages.indexOf(0)] ?? []));

  const { total: all = 0, more = false } = marks.data ?? {};
  // There are no more marks than so many: what is older is not reached.
  const total = more ? Math.min(all, at.length * EVERY) : all;
  const wrong = pages.some((page, i) => {
    const { data, isPlaceholderData } = asked[i] ?? {};
    return (
      data !== undefined &&
      !isPlaceholderData &&
      differs(rows[i]!.length, total - page * EVERY, more && page === at.length - 1)
    );
  });
  useRecount(marks, (gap && !held) || wrong || marks.isError);

  return {
    total,
    more,
    row: (index) => rows[pages.indexOf(Math.floor(index / EVERY))]?.[index % EVERY],
    fresh,
    waiting,
    unbounded: gap && waiting > 0,
    gap: counted && fresh.length >= EVERY,
    counted,
    loading: marks.isPending && head.isPending,
    error: marks.error ?? head.error ?? asked.find(({ error }) => error)?.error ?? null,
  };
}

/** Whether a page has another number of rows than it was counted to have; the last one that is reached may have more. */
const differs = (rows: number, left: number, cut: boolean): boolean =>
  (cut ? Math.min(rows, EVERY) : rows) !== Math.min(EVERY, left);

/** The rows that belong to a page, and no other's: from where it begins to where the next one does. */
const within = (items: readonly EventRow[] | undefined, before: number, from: number): EventRow[] =>
  (items ?? []).filter(({ seq }) => seq < before && seq >= from);

/** Two lists that both are the newest first, as one. */
function joined(newer: readonly EventRow[], older: readonly EventRow[]): EventRow[] {
  const lowest = newer.at(-1)?.seq ?? Infinity;
  return [...newer, ...older.filter(({ seq }) => seq < lowest)];
}

/** What is shown above the counted rows, which does not change while the list is held, and how many wait. */
function useHeld(newer: EventRow[], held: boolean, top: number) {
  const [kept, setKept] = useState<readonly EventRow[] | null>(null);
  // As they were when the list began to be held, and for as long as they have not been counted.
  if (held && kept === null) setKept(newer);
  if (!held && kept !== null) setKept(null);
  return useMemo(() => {
    if (!held) return { fresh: newer, waiting: 0 };
    const now = new Map(newer.map((row) => [row.seq, row]));
    const shown = (kept ?? newer).filter(({ seq }) => seq >= top).map((row) => now.get(row.seq) ?? row);
    const newest = (kept ?? newer)[0]?.seq ?? top - 1;
    return { fresh: shown, waiting: newer.filter(({ seq }) => seq > newest).length };
  }, [newer, held, kept, top]);
}

/** Events whose payload contains a text: found a stretch at a time, each only when asked for. */
export function useSearch(query: Query) {
  const found = useInfiniteQuery({
    queryKey: ['events-search', query],
    queryFn: ({ pageParam, signal }) =>
      get<EventPage>('events', { ...query, before: pageParam ?? undefined, limit: EVERY }, signal),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
  });
  const rows = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const searched = found.data?.pages.reduce((sum, page) => sum + (page.searched ?? 0), 0) ?? 0;
  return { ...found, rows, searched };
}
