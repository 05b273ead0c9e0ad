import { keeping } from '../../keeping.js';

const recentKey = 'tickfolio.recent';
const maxRecent = 6;

/** The symbols added last in this browser, newest first. */
export const recentSymbols = (): readonly string[] => {
  try {
    const kept: unknown = JSON.parse(keeping.getItem(recentKey) ?? '[]');
    return Array.isArray(kept) ? kept.filter((symbol) => typeof symbol === 'string').slice(0, maxRecent) : [];
  } catch {
    return [];
  }
};

export const noteRecent = (symbol: string): void =>
  keeping.setItem(
    recentKey,
    JSON.stringify([symbol, ...recentSymbols().filter((other) => other !== symbol)].slice(0, maxRecent)),
  );

/** What somebody bought is nobody else's business in this browser. */
export const forgetRecent = (): void => keeping.removeItem(recentKey);
