import { useEffect, useRef } from 'react';

/** What keys do on a screen: `j`, `Enter`, `/`. */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

const MOVES: ReadonlySet<string> = new Set(['j', 'k', 'ArrowDown', 'ArrowUp']);

/** Does what a key says unless somebody is typing, a dialog is open, or Ctrl, Alt or Meta is held. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const at = event.target as HTMLElement | null;
      if (at?.closest('input, textarea, select, [contenteditable], dialog')) return;
      // Enter on something that takes it itself is its own.
      if ((event.key === 'Enter' || event.key === ' ') && at?.closest('a, button, summary')) return;
      const run = latest.current[event.key];
      // A key that is held down goes on moving, and does nothing else a second time.
      if (!run || (event.repeat && !MOVES.has(event.key))) return;
      event.preventDefault();
      run(event);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
