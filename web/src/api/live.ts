import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import type { LiveMessage } from '../../../src/console/api/types.ts';

export type Live = { state: 'connecting' | 'on' | 'off'; last: LiveMessage | null };

/** What the server said last of what is stored; everything asked with `['live', …]` is asked again when it changes. */
export const LiveContext = createContext<Live>({ state: 'connecting', last: null });

export const useLive = (): Live => useContext(LiveContext);

/** After how long a connection is tried again, in milliseconds. */
const AGAIN = 3_000;

/** Listens to `/api/live`, and connects again when that ends. */
export function useLiveConnection(): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ state: 'connecting', last: null });
  useEffect(() => {
    const refresh = oneAtATime(() => client.invalidateQueries({ queryKey: ['live'] }));
    let source: EventSource;
    let later: ReturnType<typeof setTimeout>;
    const connect = () => {
      source = new EventSource('/api/live');
      source.addEventListener('open', () => setLive((now) => ({ ...now, state: 'on' })));
      source.addEventListener('error', () => {
        setLive((now) => ({ ...now, state: 'off' }));
        // After a refusal, such as a proxy's whose server is away, the browser does not try again.
        if (source.readyState === EventSource.CLOSED) later = setTimeout(connect, AGAIN);
      });
      source.addEventListener('message', (message: MessageEvent<string>) => {
        setLive({ state: 'on', last: JSON.parse(message.data) as LiveMessage });
        refresh();
      });
    };
    connect();
    return () => {
      clearTimeout(later);
      source.close();
    };
  }, [client]);
  return live;
}

/** Runs something again and again, never twice at once: whoever asks while it runs gets one more run after it. */
function oneAtATime(run: () => Promise<unknown>): () => void {
  let running = false;
  let again = false;
  return async function go() {
    again = true;
    if (running) return;
    running = true;
    // Asked anew at every message, an answer that takes longer than the next message would never come.
    for (; again; await run().catch(() => {})) again = false;
    running = false;
  };
}
