import { randomUUID } from 'node:crypto';
import type * as wire from '@tickfolio/gen/portfolio/v1';
import { AppError, invalidCursor } from '@tickfolio/lib/errors';
import type { PositionsClient } from '../audits/positions-client.js';
import { betweenPaper } from '../portfolios/between-paper.js';
import type { Asker, PortfolioClient } from '../portfolios/portfolio-client.js';
import { createFakeHoldings } from './holdings.js';
import { createFakeShares } from './shares.js';
import { createFakeWatchlists } from './watchlist.js';

const atMs = Date.UTC(2026, 10, 29, 10);

/**
 * A portfolio service that keeps what it is told, in memory. Refuses as the real one does, of what the tests ask. It is
 * of the builds that keep no coins.
 */
export const createFakePortfolios = () => {
  const kept = new Map<string, { readonly userId: string; portfolio: wire.Portfolio }>();
  /** Of each call. */
  const askers: Asker[] = [];
  const make = (userId: string, more: Partial<wire.Portfolio>): wire.Portfolio => {
    const portfolio: wire.Portfolio = {
      ...{ id: randomUUID(), name: 'Portfolio', kind: 'tracking', baseCurrencyCode: 'USDT', costMethod: 'FIFO' },
      ...{ isDefault: false, feeAsset: undefined, accountId: undefined, simulated: false, version: 1 },
      ...{ balanceVersion: 0, createdAtMs: atMs, archivedAtMs: undefined },
      ...more,
    };
    kept.set(portfolio.id, { userId, portfolio });
    return portfolio;
  };
  const ofUser = (userId: string) => [...kept.values()].filter((one) => one.userId === userId);
  const begin = (asker: Asker) => {
    askers.push(asker);
    if (ofUser(asker.userId).length === 0) make(asker.userId, { isDefault: true });
  };
  const find = (asker: Asker, id: string) => {
    begin(asker);
    const found = ofUser(asker.userId).find(
      ({ portfolio }) => portfolio.id === id || (id === 'default' && portfolio.isDefault),
    );
    if (!found) throw new AppError('not_found', 'There is no such portfolio.');
    return found;
  };
  const check = (
    userId: string,
    { name, baseCurrencyCode }: { name?: string | undefined; baseCurrencyCode?: string | undefined },
  ) => {
    if (baseCurrencyCode === 'XYZ') throw new AppError('unprocessable', 'No.', { problem: 'unknown-currency' });
    if (ofUser(userId).some(({ portfolio }) => portfolio.name === name))
      throw new AppError('already_exists', 'There is one.', { problem: 'name-taken' });
  };
  /** Only what is said, and an empty asset for fees is none. */
  const said = (change: object): Partial<wire.Portfolio> =>
    Object.fromEntries(
      Object.entries(change).flatMap(([field, value]) =>
        value === undefined ? [] : [[field, value === '' ? undefined : value]],
      ),
    );
  const client: PortfolioClient & Pick<PositionsClient, 'positions'> = {
    create: async (asker, { idempotencyKey: _, ...plan }) => {
      begin(asker);
      check(asker.userId, plan);
      if (plan.kind === 'paper' && asker.simulated === undefined)
        throw new AppError('failed_precondition', 'Nobody knows yet.', { retryAfterMs: 1_000 });
      return make(asker.userId, said(plan));
    },
    list: async (asker, { archived, limit, cursor }) => {
      begin(asker);
      if (cursor !== '' && !kept.has(cursor)) throw invalidCursor();
      const all = ofUser(asker.userId).map(({ portfolio }) => portfolio);
      const wanted = all.filter(({ archivedAtMs }) => (archivedAtMs !== undefined) === archived);
      return { portfolios: wanted.slice(0, limit), next: wanted.length > limit ? (wanted[limit - 1]?.id ?? '') : '' };
    },
    get: async (asker, id) => find(asker, id).portfolio,
    update: async (asker, { portfolioId, ...change }) => {
      const found = find(asker, portfolioId);
      check(asker.userId, change);
      found.portfolio = { ...found.portfolio, ...said(change), version: found.portfolio.version + 1 };
      return found.portfolio;
    },
    archive: async (asker, id) => {
      const found = find(asker, id);
      if (found.portfolio.isDefault) throw new AppError('failed_precondition', 'It stays.', { problem: 'wrong-state' });
      found.portfolio = { ...found.portfolio, archivedAtMs: atMs, version: found.portfolio.version + 1 };
      return found.portfolio;
    },
    fund: async (asker, { portfolioId, asset, quantity }) => {
      if (find(asker, portfolioId).portfolio.kind !== 'paper')
        throw new AppError('failed_precondition', 'No.', { problem: 'wrong-kind' });
      if (asset === 'XYZ') throw new AppError('unprocessable', 'No.', { problem: 'unknown-asset' });
      return { asset, available: quantity, reserved: '0', version: 1 };
    },
    transfer: async (asker, { fromPortfolioId, toPortfolioId, networkFee }) => {
      if (networkFee === 'much')
        throw new AppError('invalid_argument', 'No.', { fields: [{ field: 'network_fee', message: 'is no number' }] });
      const [from, to] = [find(asker, fromPortfolioId), find(asker, toPortfolioId)];
      if (from.portfolio.kind !== to.portfolio.kind)
        throw new AppError('failed_precondition', 'No.', { problem: 'wrong-kind' });
      return { id: randomUUID(), fromVersion: 2, toVersion: 3 };
    },
    balances: async (asker, id) => {
      const { userId, portfolio } = find(asker, id);
      const times = { createdAtMs: atMs, updatedAtMs: atMs };
      const cash = { id: 1, asset: 'USDT', via: '', available: '6000', reserved: '34000.5', version: 4, ...times };
      return { portfolioId: portfolio.id, userId, version: 4, balances: [cash] };
    },
    positions: async () => ({ portfolios: [], next: '' }),
    listEvents: async () => ({ events: [], next: 0, stream: { lastVersion: 0, epoch: 1 } }),
    check: async () => undefined,
    close: () => undefined,
  };
  const watchlists = createFakeWatchlists();
  return {
    client: {
      ...createFakeHoldings().client,
      ...watchlists.client,
      ...createFakeShares(find),
      ...client,
      transfer: betweenPaper(client),
    },
    askers,
    watchlists,
  };
};
