import { useCallback, useEffect, useRef, useState } from 'react';
import type { PlayMessage, PlayRequest } from '../../../../src/console/api/types.ts';
import { stream } from '../../api/client.ts';

/** What became of one event of a run that is played into the receiver. */
export type Arrival = { state: 'waiting' | 'sent' | 'arrived' | 'failed'; ms?: number; id?: string };

type Ended = Extract<PlayMessage, { kind: 'ended' }>;

export type Playing = {
  /** The path that is or was played last; null before the first time. */
  path: string | null;
  running: boolean;
  arrivals: ReadonlyMap<number, Arrival>;
  ended: Ended | null;
  error: string | null;
};

const NOTHING: Playing = { path: null, running: false, arrivals: new Map(), ended: null, error: null };

/** Plays a scenario into the local receiver and tells what arrives, as it does. Leaving the screen ends it. */
export function usePlay(id: string) {
  const [playing, setPlaying] = useState(NOTHING);
  const ending = useRef<AbortController>(undefined);
  useEffect(() => () => ending.current?.abort(), []);

  const play = useCallback(
    async (request: PlayRequest) => {
      ending.current?.abort();
      const controller = (ending.current = new AbortController());
      setPlaying({ ...NOTHING, path: request.path, running: true });
      try {
        await stream<PlayMessage>(
          `scenarios/${id}/play`,
          request,
          (message) => setPlaying((now) => after(now, message)),
          controller.signal,
        );
        setPlaying((now) => ({ ...now, running: false }));
      } catch (error) {
        if (controller.signal.aborted) return;
        setPlaying((now) => ({
          ...now,
          running: false,
          error: error instanceof Error ? error.message : String(error),
        }));
      }
    },
    [id],
  );
  return { playing, play };
}

function after(now: Playing, message: PlayMessage): Playing {
  switch (message.kind) {
    case 'ended':
      return { ...now, ended: message };
    case 'failed':
      return { ...now, error: message.message };
    case 'step':
      return now;
  }
  if (message.index === null) return now;
  const before = now.arrivals.get(message.index);
  const arrivals = new Map(now.arrivals).set(message.index, { ...before, id: message.id, ...changed(message, before) });
  return { ...now, arrivals };
}

function changed(message: Extract<PlayMessage, { index: number | null }>, before: Arrival | undefined): Arrival {
  if (message.kind === 'sent') return { state: 'sent' };
  if (message.kind === 'answered')
    return { state: message.status >= 200 && message.status < 300 ? 'arrived' : 'failed', ms: message.ms };
  return { state: message.state === 'dead' || message.state === 'refused' ? 'failed' : (before?.state ?? 'arrived') };
}
