import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';

const NAME = 'paybell.theme';
const listeners = new Set<() => void>();

/** Storage that may be switched off: then the choice lasts as long as the page. */
let chosen: Theme = read();

function read(): Theme {
  try {
    const kept = localStorage.getItem(NAME);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

show(chosen);

export function setTheme(theme: Theme): void {
  chosen = theme;
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // It lasts as long as the page.
  }
  show(theme);
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );
}
