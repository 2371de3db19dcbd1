import { useSuspenseQuery } from '@tanstack/react-query';
import type { Session } from '../../../src/console/api/types.ts';
import { get } from './client.ts';

export const sessionQuery = {
  queryKey: ['session'],
  queryFn: () => get<Session>('session'),
  staleTime: Infinity,
};

/** What this console can do; asked once. */
export function useSession(): Session {
  return useSuspenseQuery(sessionQuery).data;
}
