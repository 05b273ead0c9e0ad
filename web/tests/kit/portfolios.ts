import type { PortfolioAnswer } from '@tickfolio/api/portfolios';
import type { Request } from 'playwright-core';
import { Refused } from './refused.js';

/** A portfolio as the server tells of it. */
export const portfolioOf = (id: string, more: Partial<PortfolioAnswer> = {}): PortfolioAnswer => ({
  id,
  name: id,
  kind: 'paper',
  baseCurrency: 'USDT',
  costMethod: 'FIFO',
  feeAsset: null,
  isDefault: false,
  simulated: false,
  version: 1,
  createdAt: '2026-06-15T11:00:00.000Z',
  archivedAt: null,
  ...more,
});
/** Those that everybody has. */
export const own = portfolioOf('p-own', { name: 'Portfolio', kind: 'tracking', isDefault: true });
export const paper = portfolioOf('p-paper', { name: 'Paper', isDefault: true });

export interface TestBalance {
  readonly asset: string;
  readonly via?: string;
  readonly available: string;
  readonly reserved?: string;
  readonly total?: string;
  readonly price?: string;
  readonly value?: string;
  readonly priceTime?: string;
  readonly stale?: boolean;
}

/** What is in a portfolio. @param value what it is worth together; undefined of a server that does not say */
export const balancesOf = (
  { id: portfolioId, kind, baseCurrency }: PortfolioAnswer,
  balances: readonly TestBalance[],
  value?: string,
) => ({
  ...{ portfolioId, kind, baseCurrency, version: 1, ...(value === undefined ? {} : { value }) },
  balances: balances.map((one) => ({ via: '', reserved: '0', total: one.available, ...one })),
});

const money: TestBalance = { asset: 'USDT', available: '10000', price: '1', value: '10000' };

/** Of somebody who has made none. */
export const usualPortfolios = {
  portfolios: (search: string) => ({ portfolios: search.includes('archived=true') ? [] : [own, paper], next: null }),
  'portfolios/default': own,
  'portfolios/p-own': own,
  'portfolios/p-paper': paper,
  'portfolios/p-paper/balances': balancesOf(paper, [money], '10000'),
  'portfolios/all/balances': {
    ...balancesOf(own, [{ ...money, available: '21937', value: '21937' }], '21937'),
    ...{ portfolioId: 'all', kind: 'all' },
  },
};

/** A request that changes something. */
export interface Change {
  readonly call: string;
  readonly key: string | undefined;
  readonly body: unknown;
}

type Refuse = (change: Change) => Refused | undefined;

/**
 * A server that keeps portfolios, and what is asked of it.
 * @param first those that are there beside the usual ones @param refuse why a change is not made, instead of making it
 */
export const createPortfolioServer = (first: readonly PortfolioAnswer[], refuse: Refuse = () => undefined) => {
  const kept = new Map([own, paper, ...first].map((one) => [one.id, one]));
  const changes: Change[] = [];
  const noted = (request: Request) => {
    const path = new URL(request.url()).pathname.slice('/api/v1/'.length);
    const body = request.postDataJSON() as unknown;
    const change = { call: `${request.method()} ${path}`, key: request.headers()['idempotency-key'], body };
    changes.push(change);
    return { change, refused: refuse(change) };
  };
  const list = (search: string, _method: string, request: Request) => {
    if (request.method() === 'GET') {
      const isArchived = search.includes('archived=true');
      const portfolios = [...kept.values()].filter(({ archivedAt }) => (archivedAt !== null) === isArchived);
      return { portfolios, next: null };
    }
    const { change, refused } = noted(request);
    if (refused) return refused;
    const made = portfolioOf('p-new', change.body as Partial<PortfolioAnswer>);
    kept.set(made.id, made);
    return made;
  };
  const one = (id: string) => (_search: string, _method: string, request: Request) => {
    const known = kept.get(id);
    if (!known) return new Refused(404, 'not-found');
    if (request.method() === 'GET') return known;
    const { change, refused } = noted(request);
    if (refused) return refused;
    const archived = request.method() === 'DELETE' ? { archivedAt: '2026-06-15T12:00:00.000Z' } : {};
    const next = { ...known, ...(change.body as object | null), ...archived };
    kept.set(id, next);
    return next;
  };
  const changed = (answer: object) => (_search: string, _method: string, request: Request) =>
    noted(request).refused ?? answer;
  const ids = [...kept.keys(), 'p-new', 'p-nobody'];
  return {
    changes,
    answers: {
      ...usualPortfolios,
      portfolios: list,
      'portfolios/default': one('p-own'),
      ...Object.fromEntries(ids.map((id) => [`portfolios/${id}`, one(id)])),
      ...Object.fromEntries(first.map((of) => [`portfolios/${of.id}/balances`, balancesOf(of, [])])),
      'portfolios/p-new/balances': balancesOf(portfolioOf('p-new'), []),
      ...Object.fromEntries(ids.map((id) => [`portfolios/${id}/fund`, changed({ asset: 'USDT', available: '1' })])),
      'portfolios/p-paper/balances': usualPortfolios['portfolios/p-paper/balances'],
      transfers: changed({ id: 't-1', fromVersion: 2, toVersion: 2 }),
    },
  };
};
