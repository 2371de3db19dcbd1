import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import type { LiveMessage } from '../../../src/console/api/types.ts';

export type Live = { state: 'connecting' | 'on' | 'off'; last: LiveMessage | null };

/** What the server said last of what is stored; everything asked with `['live', …]` is asked again when it changes. */
export const LiveContext = createContext<Live>({ state: 'connecting', last: null });

export const useLive = (): Live => useContext(LiveContext);

/** Listens to `/api/live`. The browser connects again by itself. */
export function useLiveConnection(): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ state: 'connecting', last: null });
  useEffect(() => {
    const source = new EventSource('/api/live');
    source.addEventListener('open', () => setLive((now) => ({ ...now, state: 'on' })));
    source.addEventListener('error', () => setLive((now) => ({ ...now, state: 'off' })));
    source.addEventListener('message', (message: MessageEvent<string>) => {
      setLive({ state: 'on', last: JSON.parse(message.data) as LiveMessage });
      void client.invalidateQueries({ queryKey: ['live'] });
    });
    return () => source.close();
  }, [client]);
  return live;
}
