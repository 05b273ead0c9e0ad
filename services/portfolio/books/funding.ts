import { AppError } from '@tickfolio/lib/errors';
import { type Decimal, formatDecimal, zero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, count, eq, gt, lte, sql } from 'drizzle-orm';
import { readPositive } from '../postings/amounts.js';
import { requireListed } from '../postings/asset-rows.js';
import { requireRoom, soleBalance } from '../postings/balances.js';
import { requireRoomFor } from '../postings/brought.js';
import { type LockedPortfolio, lockPortfolio, requireOpen, requireOwn } from '../postings/locks.js';
import { readAsset } from '../postings/names.js';
import { type Command, findAnswer, hashOf, idOfGrant, idOfKey } from '../postings/once.js';
import type { Post, Posting } from '../postings/posting.js';
import { wrongKind } from '../postings/refusal.js';
import { postings } from '../postings/tables.js';
import type { Asked } from './asked.js';

export interface FundAsked extends Asked {
  /** Names the request: the same once more changes nothing and is answered the same. */
  readonly key: string;
  readonly asset: string;
  /** Decimal text above zero. */
  readonly quantity: string;
}

export interface Funded {
  readonly asset: string;
  readonly available: string;
  readonly reserved: string;
  /** Of the portfolio, after it. */
  readonly version: number;
}

/** Paper money, which comes from nowhere. */
export interface Funding {
  /**
   * At most 10 times in 24 hours. @throws AppError failed_precondition where it is no portfolio of paper money,
   * unprocessable where the exchange does not list the asset, resource_exhausted after the tenth
   */
  fund(asked: FundAsked): Promise<Funded>;
  /** What a portfolio begins with, once, within the transaction that makes it. */
  grant(tx: Transaction, asked: Omit<FundAsked, 'key'>): Promise<Funded>;
}

export interface FundingDeps {
  readonly command: Command;
  readonly post: Post;
  readonly time: DatabaseTime;
}

const maxFundsADay = 10;
const daySeconds = 86_400;

export const createFunding = ({ command, post, time }: FundingDeps): Funding => {
  const requireFewer = async (tx: Transaction, { id }: LockedPortfolio) => {
    const ofDay = and(
      eq(postings.portfolioId, id),
      eq(postings.kind, 'fund'),
      gt(postings.createdAt, sql`${time()} - make_interval(secs => ${daySeconds})`),
      // What was given while the clock was ahead would count for as long as it was.
      lte(postings.createdAt, time()),
    );
    const oldestS = sql<number | null>`floor(extract(epoch from ${time()} - min(${postings.createdAt})))::int`;
    const [found] = await tx.select({ funds: count(), oldestS }).from(postings).where(ofDay);
    if (!found || found.funds < maxFundsADay) return;
    const message = `Paper money is given ${maxFundsADay} times a day at most; nothing was changed.`;
    throw new AppError('resource_exhausted', message, {
      retryAfterMs: (daySeconds - (found.oldestS ?? 0)) * 1_000,
      fields: [{ field: 'portfolio_id', message, reason: 'limit-reached' }],
    });
  };
  const give = async (
    tx: Transaction,
    { portfolioId, userId, requestId }: Asked,
    {
      id,
      kind,
      asset,
      quantity,
    }: Pick<Posting, 'id' | 'kind'> & { readonly asset: string; readonly quantity: Decimal },
  ): Promise<Funded> => {
    const requestHash = hashOf(kind, portfolioId.toLowerCase(), asset, formatDecimal(quantity));
    const portfolio = requireOwn(await lockPortfolio(tx, time, portfolioId), userId, 'portfolio_id');
    const before = await findAnswer<Funded>(tx, id, requestHash);
    if (before) return before;
    if (portfolio.kind !== 'paper')
      throw wrongKind('portfolio_id', 'Only a portfolio of paper money is given some; nothing was changed.');
    requireOpen(portfolio, 'portfolio_id');
    if (kind === 'fund') {
      await requireListed(tx, asset, 'asset');
      await requireFewer(tx, portfolio);
    }
    const balance = await soleBalance(tx, portfolio, asset, '');
    if (balance.id === undefined) await requireRoom(tx, portfolio.id, 1, 'asset');
    await requireRoomFor(tx, balance, quantity, 'quantity');
    const said = { type: 'balance.updated', reason: 'fund' } as const;
    const move = { balance, available: quantity, reserved: zero, against: 'grant', said } as const;
    const about = { id, kind, ref: { type: 'posting', id }, requestHash, requestId, field: 'quantity' };
    return post(tx, { ...about, portfolio, moves: [move] }, ({ moved, versionOf }) => {
      const { available, reserved } = moved[0]?.balance ?? balance;
      const amounts = { available: formatDecimal(available), reserved: formatDecimal(reserved) };
      return { asset, ...amounts, version: versionOf(portfolio) };
    });
  };
  const read = (asked: Pick<FundAsked, 'asset' | 'quantity'>) => ({
    asset: readAsset(asked.asset, 'asset'),
    quantity: readPositive(asked.quantity, 'quantity'),
  });
  return {
    fund: async (asked) => {
      const id = idOfKey(asked.userId, asked.key);
      const what = { id, kind: 'fund', ...read(asked) } as const;
      return command(asked.portfolioId, (tx) => give(tx, asked, what), asked.signal);
    },
    grant: (tx, asked) => give(tx, asked, { id: idOfGrant(asked.portfolioId), kind: 'grant', ...read(asked) }),
  };
};
