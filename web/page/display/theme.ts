import { useSyncExternalStore } from 'react';
import { keeping } from '../keeping.js';

export type Theme = 'system' | 'light' | 'dark';
const key = 'tickfolio.theme';
const listeners = new Set<() => void>();
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const tell = () => {
  for (const listener of listeners) listener();
};
prefersDark.addEventListener('change', tell);

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};
const chosen = (): Theme => (document.documentElement.dataset.theme as Theme | undefined) ?? 'system';

export const setTheme = (theme: Theme): void => {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
    keeping.removeItem(key);
  } else {
    document.documentElement.dataset.theme = theme;
    keeping.setItem(key, theme);
  }
  tell();
};

export const useTheme = (): Theme => useSyncExternalStore(subscribe, chosen);
/** What is really shown. */
export const useDark = (): boolean =>
  useSyncExternalStore(subscribe, () => (chosen() === 'system' ? prefersDark.matches : chosen() === 'dark'));
