import type { Portfolio } from './portfolio-calls.js';

/** The one of what is owned that everybody has; services know it by that name too. */
export const defaultName = 'default';

/** All that somebody owns together; services know it by that name too, and it has no settings. */
export const allName = 'all';

/** What a portfolio is called in addresses. */
export const addressOf = ({ id, kind, isDefault }: Pick<Portfolio, 'id' | 'kind' | 'isDefault'>): string =>
  kind === 'tracking' && isDefault ? defaultName : id;

/** The portfolio that an address of the page is about; undefined where it is about none. */
export const portfolioAt = (pathname: string): string | undefined => /^\/portfolios\/([^/]+)/.exec(pathname)?.[1];
