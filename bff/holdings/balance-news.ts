import type { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { Transaction } from '@tickfolio/lib/postgres';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { doubtCoins, quoteAssetOf, type SaidCoin, writeCoin } from '../coins/coin-rows.js';
import { balanceVersions, holdings, profiles } from '../schema.js';

type BalanceEvent = DomainEvent<TypesOf<typeof balanceEvents>>;
type ToldBalance = Exclude<BalanceEvent, { readonly type: 'balance.reservation_refused' }>;

/** Of the default one of what is owned this is a coin, which is kept among the coins of the profile. */
const isCoinOfProfile = ({ userId, data: { portfolioId, via } }: ToldBalance): boolean =>
  via !== '' && portfolioId === defaultPortfolioId(userId);

const coinOf = ({ version, time, data }: ToldBalance): SaidCoin => {
  const { balanceId: id, asset, via: symbol, available: quantity } = data;
  const times = { createdAt: new Date(data.createdAt), at: new Date(time) };
  return { id, symbol, quoteAsset: quoteAssetOf(symbol, asset), quantity, version, ...times };
};

const writeBalance = async (tx: Transaction, { userId, version, data }: ToldBalance): Promise<void> => {
  const { portfolioId, asset, via, available, reserved } = data;
  if (available === '0' && reserved === '0') {
    const isIt = [eq(holdings.portfolioId, portfolioId), eq(holdings.asset, asset), eq(holdings.via, via)];
    await tx.delete(holdings).where(and(...isIt));
    return;
  }
  const written = { userId, available, reserved, version };
  await tx
    .insert(holdings)
    .values({ portfolioId, asset, via, ...written })
    .onConflictDoUpdate({ target: [holdings.portfolioId, holdings.asset, holdings.via], set: written });
};

/** Of the default one of what is owned the profile has the version, also as its cash changes. */
const raiseProfile = async (tx: Transaction, userId: string, version: number): Promise<void> => {
  await tx
    .update(profiles)
    .set({ version: sql`greatest(${profiles.version}, ${profiles.versionBase} + ${version}::bigint)` })
    .where(and(eq(profiles.id, userId), isNotNull(profiles.versionBase)));
};

/** Makes true what becomes of balances: each event says all of one balance. */
export const takeBalanceNews = async (tx: Transaction, event: BalanceEvent): Promise<void> => {
  const { userId, version, data } = event;
  if (event.type !== 'balance.reservation_refused') {
    if (isCoinOfProfile(event)) await writeCoin(tx, userId, coinOf(event));
    else {
      // First the profile, as whoever changes coins.
      if (data.portfolioId === defaultPortfolioId(userId)) await raiseProfile(tx, userId, version);
      await writeBalance(tx, event);
    }
  }
  await tx
    .insert(balanceVersions)
    .values({ portfolioId: data.portfolioId, userId, version })
    .onConflictDoUpdate({ target: balanceVersions.portfolioId, set: { version } });
};

/**
 * Forgets what is in a portfolio: it is told anew from the first event on, and what clients see goes on from here.
 * @returns whose it was
 */
export const forgetBalances = async (tx: Transaction, portfolioId: string): Promise<string | undefined> => {
  await tx.delete(holdings).where(eq(holdings.portfolioId, portfolioId));
  const [known] = await tx
    .update(balanceVersions)
    .set({ base: sql`${balanceVersions.base} + ${balanceVersions.version}`, version: 0 })
    .where(eq(balanceVersions.portfolioId, portfolioId))
    .returning({ userId: balanceVersions.userId });
  if (known && portfolioId === defaultPortfolioId(known.userId)) await doubtCoins(tx, known.userId);
  return known?.userId;
};
