import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { EventMarks, EventPage, EventRow } from '../../../../src/console/api/types.ts';
import { get, type Query } from '../../api/client.ts';
import { useLive } from '../../api/live.ts';

const EVERY = 100;
/** A list whose rows come and go with their state is counted again this often at most, in milliseconds. */
const RECOUNT = 3_000;

export type EventList = {
  /** How many rows the list has, the fresh ones not among them. */
  total: number;
  /** Older events than the marks reach follow. */
  more: boolean;
  /** A row, or undefined while its page is on its way. */
  row(index: number): EventRow | undefined;
  /** Came after the list was counted, newest first. */
  fresh: EventRow[];
  /** Counts again, so that fresh rows take their place in the list. */
  settle(): void;
  counted: boolean;
  loading: boolean;
  error: Error | null;
};

/**
 * Every event that a filter lets through, by its place. Where each page begins is asked once; a page is asked when one of
 * its rows is looked at (`first` to `last`), and again when something changes. What comes meanwhile is `fresh`.
 */
export function useEvents(query: Query, first: number, last: number): EventList {
  const changing = Boolean(query['state']);
  // The newest page is asked first: it is what is looked at while the rest is counted.
  const head = useQuery({
    queryKey: ['live', 'events-head', query],
    queryFn: ({ signal }) => get<EventPage>('events', { ...query, limit: EVERY }, signal),
  });
  const marks = useQuery({
    queryKey: ['events-marks', query],
    queryFn: ({ signal }) => get<EventMarks>('events/marks', { ...query, every: EVERY }, signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });
  const { newest } = useLive().last ?? {};
  const { refetch } = marks;
  const counted = useRef(0);
  useEffect(() => {
    if (!changing) return undefined;
    const wait = Math.max(0, counted.current + RECOUNT - performance.now());
    const timer = setTimeout(() => {
      counted.current = performance.now();
      void refetch();
    }, wait);
    return () => clearTimeout(timer);
  }, [changing, newest, refetch]);

  const at = useMemo(() => marks.data?.marks ?? [], [marks.data]);
  const top = at[0] ?? 0;
  const pages = useMemo(() => {
    const from = Math.max(0, Math.floor(first / EVERY));
    const to = Math.min(at.length - 1, Math.floor(last / EVERY));
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
  }, [at.length, first, last]);
  const asked = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['live', 'events', query, at[page]],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        get<EventPage>('events', { ...query, before: at[page], limit: EVERY }, signal),
      placeholderData: page === 0 ? (before?: EventPage) => before ?? below(head.data, at[0]!) : keepPreviousData,
    })),
  });
  const fresh = useMemo(() => (head.data?.items ?? []).filter(({ seq }) => seq >= top), [head.data, top]);
  // More than a page came: where the fresh ones end is not known any more.
  useEffect(() => {
    if (top > 0 && fresh.length >= EVERY) void refetch();
  }, [top, fresh.length, refetch]);

  return {
    total: marks.data?.total ?? 0,
    more: marks.data?.more ?? false,
    row(index) {
      const page = Math.floor(index / EVERY);
      const items = asked[page - (pages[0] ?? 0)]?.data?.items;
      const found = items?.[index % EVERY];
      // A page that has lost rows reaches into the next one, which shows them itself.
      return found && found.seq >= (at[page + 1] ?? 0) ? found : undefined;
    },
    fresh,
    settle: () => void refetch(),
    counted: marks.data !== undefined,
    loading: marks.isPending && head.isPending,
    error: marks.error ?? head.error ?? asked.find(({ error }) => error)?.error ?? null,
  };
}

/** The events of a page that came before a place in the order of arrival. */
function below(page: EventPage | undefined, seq: number): EventPage | undefined {
  return page && { ...page, items: page.items.filter((item) => item.seq < seq) };
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
