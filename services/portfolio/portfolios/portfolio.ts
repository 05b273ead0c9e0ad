import { AppError } from '@tickfolio/lib/errors';
import type { costMethods, portfolioKinds, portfolios } from '../schema.js';

export type PortfolioKind = (typeof portfolioKinds)[number];
export type CostMethod = (typeof costMethods)[number];

/** A portfolio as it is told. Times are epoch milliseconds. */
export interface Portfolio {
  readonly id: string;
  readonly name: string;
  readonly kind: PortfolioKind;
  readonly baseCurrencyCode: string;
  readonly costMethod: CostMethod;
  /** The one of its kind that is meant where none is named. */
  readonly isDefault: boolean;
  /** Fees are paid in it where there is enough of it. */
  readonly feeAsset: string | undefined;
  /** Of an exchange, where it mirrors one. */
  readonly accountId: string | undefined;
  /** Whether it lives at made-up prices. */
  readonly simulated: boolean;
  /** Counts the events of its data. */
  readonly version: number;
  /** Counts the events of its balances. */
  readonly balanceVersion: number;
  readonly createdAtMs: number;
  readonly archivedAtMs: number | undefined;
}

export type PortfolioRow = typeof portfolios.$inferSelect;

export const toPortfolio = (row: PortfolioRow): Portfolio => {
  const { userId: _, nameKey: __, feeAsset, accountId, createdAt, archivedAt, ...same } = row;
  return {
    ...same,
    feeAsset: feeAsset ?? undefined,
    accountId: accountId ?? undefined,
    createdAtMs: createdAt.getTime(),
    archivedAtMs: archivedAt?.getTime(),
  };
};

/** Also of somebody else's, as if it were not there. */
export const noSuchPortfolio = (): AppError => new AppError('not_found', 'There is no such portfolio.');

/** @throws AppError failed_precondition */
export const requireOpen = ({ archivedAt }: Pick<PortfolioRow, 'archivedAt'>): void => {
  if (archivedAt !== null)
    throw new AppError('failed_precondition', 'The portfolio is archived; nothing was changed.', {
      problem: 'archived',
    });
};
