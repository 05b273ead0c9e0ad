import { randomUUID } from 'node:crypto';
import type * as wire from '@tickfolio/gen/portfolio/v1';
import type { Share } from '@tickfolio/gen/portfolio/v1/share';
import { AppError } from '@tickfolio/lib/errors';
import type { Asker } from '../portfolios/portfolio-client.js';
import type { ShareClient } from '../shares/share-client.js';

const beganMs = Date.UTC(2026, 10, 29, 10);
const [maxShares, usualMs, maxMs] = [20, 30 * 86_400_000, 366 * 86_400_000];

/** Links that are kept in memory. They refuse as the real ones do. @param find throws AppError not_found */
export const createFakeShares = (
  find: (asker: Asker, id: string) => { readonly userId: string; readonly portfolio: wire.Portfolio },
): ShareClient => {
  const kept = new Map<string, { readonly share: Share; readonly asker: Asker; readonly portfolioId: string }>();
  const of = (asker: Asker, id: string) => {
    const portfolioId = find(asker, id).portfolio.id;
    return [...kept].filter(([, one]) => one.portfolioId === portfolioId);
  };
  return {
    makeShare: async (asker, { portfolioId: id, amounts, expiresAtMs = beganMs + usualMs }) => {
      const portfolioId = find(asker, id).portfolio.id;
      if (expiresAtMs <= beganMs || expiresAtMs > beganMs + maxMs)
        throw new AppError('invalid_argument', 'No.', { fields: [{ field: 'expiresAt', message: 'No.' }] });
      if (of(asker, id).length >= maxShares)
        throw new AppError('failed_precondition', 'No more.', { problem: 'limit-reached' });
      const share = { id: randomUUID(), amounts, createdAtMs: beganMs, expiresAtMs };
      const token = randomUUID();
      kept.set(token, { share, asker, portfolioId });
      return { share, token };
    },
    shares: async (asker, id) => of(asker, id).map(([, { share }]) => share),
    endShare: async (asker, id, shareId) => {
      const [token = '', one] = of(asker, id).find(([, { share }]) => share.id === shareId) ?? [];
      if (!one) throw new AppError('not_found', 'There is no such link.');
      if (find(asker, id).portfolio.archivedAtMs !== undefined)
        throw new AppError('failed_precondition', 'No.', { problem: 'archived' });
      kept.delete(token);
      return { share: one.share };
    },
    openShare: async (token) => {
      const one = kept.get(token);
      if (!one) throw new AppError('not_found', 'There is no such link.');
      const { userId, portfolio } = find(one.asker, one.portfolioId);
      return { share: one.share, userId, portfolio };
    },
    check: async () => undefined,
    close: () => undefined,
  };
};
