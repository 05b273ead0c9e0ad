import type { PortfolioAnswer } from '@tickfolio/api/portfolios';
import type { Session } from '@tickfolio/client/session';
import { useMemo } from 'react';
import { useParts } from '../parts.js';

export type Portfolio = PortfolioAnswer;
export type PortfolioKind = Portfolio['kind'];

/** What of a portfolio its owner decides. */
export type PortfolioSettings = Pick<Portfolio, 'name' | 'baseCurrency' | 'costMethod' | 'feeAsset'>;

export interface NewPortfolio extends Pick<PortfolioSettings, 'name' | 'baseCurrency'> {
  readonly kind: Exclude<PortfolioKind, 'exchange'>;
}

/** So much of an asset, in decimal text. */
interface Amount {
  readonly asset: string;
  readonly quantity: string;
}

/** Characters of the name of a portfolio, and of an asset. */
export const maxNameLength = 64;
/** And of the name of an asset. */
export const maxAssetLength = 32;

export const portfoliosPath = '/api/v1/portfolios';
/** Everything that is read of portfolios has a key that begins so. */
export const portfoliosKey = ['portfolios'];

/** In which worth can be told, the usual one first. */
export const baseCurrencies = ['USDT', 'USDC', 'EUR', 'BTC', 'ETH'] as const;

export const portfolioPath = (id: string): string => `${portfoliosPath}/${encodeURIComponent(id)}`;

/** Changes of portfolios. What is not to be done twice has a key, the same for every try. @throws Problem */
const createPortfolioCalls = (call: Session['call']) => {
  const under = (key: string) => ({ 'idempotency-key': key });
  return {
    create: (plan: NewPortfolio, key: string) => call<Portfolio>('POST', portfoliosPath, plan, under(key)),
    change: (id: string, change: Partial<PortfolioSettings>) => call<Portfolio>('PATCH', portfolioPath(id), change),
    /** Once and for all. */
    archive: (id: string) => call<Portfolio>('DELETE', portfolioPath(id)),
    /** Gives paper money. */
    fund: (id: string, amount: Amount, key: string) => call('POST', `${portfolioPath(id)}/fund`, amount, under(key)),
    transfer: (from: string, to: string, amount: Amount, key: string) =>
      call('POST', '/api/v1/transfers', { from, to, ...amount }, under(key)),
  };
};

export const usePortfolioCalls = () => {
  const { session } = useParts();
  return useMemo(() => createPortfolioCalls(session.call), [session]);
};
