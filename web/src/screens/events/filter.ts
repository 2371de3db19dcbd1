import { useMemo } from 'react';
import type { Query } from '../../api/client.ts';
import { useParameters } from '../../ui/use-parameters.ts';

/** What the list is narrowed to; kept in the address, so that it can be sent to somebody. */
export type Filter = {
  type: string;
  state: string;
  account: string;
  object: string;
  /** `1h`, `1d`, `7d`, `30d`, or empty for all time. */
  within: string;
  text: string;
};

const NAMES = ['type', 'state', 'account', 'object', 'within', 'text'] as const;

export const WITHIN: Record<string, { name: string; ms: number }> = {
  '1h': { name: 'last hour', ms: 3_600_000 },
  '1d': { name: 'last day', ms: 86_400_000 },
  '7d': { name: 'last 7 days', ms: 7 * 86_400_000 },
  '30d': { name: 'last 30 days', ms: 30 * 86_400_000 },
};

export function useFilter(): [Filter, (change: Partial<Filter>) => void] {
  const [params, change] = useParameters();
  const filter = useMemo(
    () => Object.fromEntries(NAMES.map((name) => [name, params.get(name) ?? ''])) as Filter,
    [params],
  );
  return [filter, change];
}

/** The filter as the server takes it. The time is cut to the minute, so that the same question stays the same. */
export function queryOf({ type, state, account, object, within, text }: Filter, now: number): Query {
  const span = WITHIN[within]?.ms;
  return { type, state, account, object, text, since: span && Math.floor((now - span) / 60_000) * 60_000 };
}

export const isNarrow = (filter: Filter): boolean => NAMES.some((name) => filter[name] !== '');
