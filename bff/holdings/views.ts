import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { isCash } from '@tickfolio/lib/market/asset-kinds';
import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import type { Portfolio, Portfolios } from '../portfolio/portfolios.js';
import { createHeldRows, type HeldCash, type HeldPortfolio, type HeldRow, type HeldRows } from './held-rows.js';
import { marketOf } from './markets.js';
import type { CashHeld, CoinHeld, ShownPortfolio } from './shown-portfolio.js';
import { byName, sumBalances, sumUp } from './sums.js';
import type { Balance } from './valued-balances.js';

/** The sum of what somebody owns. */
export const allPortfolios = 'all';

/** Names what frames are of. @param of another portfolio than the default one, or `all` */
export const viewKey = (userId: string, of?: string): string => (of === undefined ? userId : `${userId}:${of}`);
const readKey = (key: string) => {
  const at = key.indexOf(':');
  return at < 0 ? { key, userId: key, of: undefined } : { key, userId: key.slice(0, at), of: key.slice(at + 1) };
};
type Key = ReturnType<typeof readKey>;

/** What frames are made of, whichever portfolio they are of. Every method throws AppError `unavailable`. */
export interface Views {
  /** By what `viewKey` says: each of the views; users without a profile only where they are not named with a view. */
  readPortfolios(keys: readonly string[]): Promise<Map<string, ShownPortfolio>>;
  /** What of each there is in all that somebody owns, by the names of assets and symbols. */
  all(userId: string): Promise<Balances>;
  /** The same of the default portfolio of what somebody owns. */
  own(userId: string): Promise<Balances>;
  /** How much what clients see of portfolios' versions is above what their service says; nothing where left out. */
  bases: HeldRows['bases'];
  /** Their marks alone: what is shown is read again where it has another. 0 where there is nothing. */
  marks(keys: readonly string[]): Promise<Map<string, number>>;
}

interface Balances {
  readonly version: number;
  readonly balances: readonly Balance[];
}

const nothing: Portfolio = { version: 0, coins: [] };
const usdt = 'USDT';

/**
 * Where a portfolio has one balance an asset, the symbol only says how that is valued; one that began before anything was
 * known of the asset has none, and is no cash for that.
 */
const rowsOf = ({ kind, rows }: HeldPortfolio): readonly HeldRow[] =>
  kind === 'tracking'
    ? rows
    : rows.map((row) => {
        const market = row.via === '' && !isCash(row.asset) ? marketOf(row.asset, '') : undefined;
        return market ? { ...row, via: market.symbol } : row;
      });

const cashOf = (rows: readonly HeldRow[]): CashHeld[] =>
  rows
    .filter(({ asset, via }) => via === '' || marketOf(asset, via) === undefined)
    .map(({ asset, quantity, version }) => ({ asset, quantity, version }));
const coinsOf = (rows: readonly HeldRow[]): CoinHeld[] =>
  rows.flatMap(({ asset, via, quantity, version }) => {
    const market = via === '' ? undefined : marketOf(asset, via);
    return market ? [{ ...market, quantity, version }] : [];
  });

/** That of the sum over all: each change of any of them raises it. */
const versionOfAll = (own: number, all: readonly HeldPortfolio[]): number =>
  all.reduce((sum, { version }) => sum + version, own);

export interface ViewsDeps {
  readonly db: Database;
  /** The default one of what is owned, with its coins. */
  readonly owned: Pick<Portfolios, 'readPortfolios' | 'versions'>;
}

export const createViews = ({ db, owned }: ViewsDeps): Views => {
  const rows = createHeldRows(db);
  const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  };
  const isDefault = ({ userId, of }: Key) => of === defaultPortfolioId(userId);
  /** Whose coins are needed, and what of the others. */
  const sort = (keys: readonly string[]) => {
    const asked = keys.map(readKey);
    const ofProfile = asked.filter((key) => key.of === undefined || key.of === allPortfolios || isDefault(key));
    return {
      asked,
      owners: [...new Set(ofProfile.map(({ userId }) => userId))],
      sums: [...new Set(asked.filter(({ of }) => of === allPortfolios).map(({ userId }) => userId))],
      ids: [...new Set(asked.flatMap(({ of }) => (of === undefined || of === allPortfolios ? [] : [of])))],
    };
  };
  const others = async (ids: readonly string[], sums: readonly string[], isBare = false) =>
    ids.length + sums.length === 0 ? [] : rows.portfolios({ ids, ofUsers: sums, isBare });

  const markOf = (key: Key, own: number | undefined, mine: readonly HeldPortfolio[], cash: number): number => {
    if (key.of === undefined) return (own ?? 0) + cash;
    if (key.of === allPortfolios) return mine.reduce((sum, { mark }) => sum + mark, own ?? 0);
    return (mine.find(({ id }) => id === key.of)?.mark ?? 0) + (isDefault(key) ? (own ?? 0) : 0);
  };
  const defaultsOf = (asked: readonly Key[]): readonly string[] =>
    asked.flatMap(({ of, userId }) => (of === undefined ? [defaultPortfolioId(userId)] : []));

  const one = (key: Key, found: HeldPortfolio | undefined, own: Portfolio): ShownPortfolio => {
    const portfolioId = key.of ?? '';
    const held = found ? [...rowsOf(found)].sort(byName) : [];
    const prices = found?.kind === 'paper' ? { simulated: found.simulated } : {};
    const about = { portfolioId, baseCurrency: found?.baseCurrency ?? usdt, cash: cashOf(held), ...prices };
    if (isDefault(key)) return { ...own, ...about };
    return { version: found?.version ?? 0, coins: coinsOf(held), ...about, isLost: found?.isLost === true };
  };
  const withCash = (own: Portfolio, cash: HeldCash | undefined): ShownPortfolio =>
    cash && cash.rows.length > 0 ? { ...own, cash: cashOf([...cash.rows].sort(byName)) } : own;
  const sum = (all: readonly HeldPortfolio[], own: Portfolio): ShownPortfolio => {
    const version = versionOfAll(own.version, all);
    const held = ownedRows(all);
    const coins = [...own.coins, ...coinsOf([...held].sort(byName))];
    return {
      version,
      coins: sumUp(
        coins.map(({ symbol, quoteAsset, quantity }) => ({ symbol, quoteAsset, quantity, version })),
        ({ symbol }) => symbol,
        version,
      ),
      portfolioId: allPortfolios,
      baseCurrency: usdt,
      cash: sumUp(cashOf([...held].sort(byName)), ({ asset }) => asset, version),
    };
  };
  const ownedRows = (all: readonly HeldPortfolio[]): readonly HeldRow[] =>
    all.filter(({ kind, archived }) => kind !== 'paper' && !archived).flatMap(rowsOf);
  const ofProfile = async (userId: string) => (await owned.readPortfolios([userId])).get(userId) ?? nothing;
  const balancesOf = ({ coins }: Portfolio): readonly Balance[] =>
    coins.map(({ symbol, quoteAsset, quantity }) => ({
      ...{ asset: symbol.slice(0, -quoteAsset.length).toUpperCase(), via: symbol },
      ...{ available: quantity, reserved: '0' },
    }));
  return {
    all: (userId) =>
      orFault(async () => {
        const [profile, held] = await Promise.all([ofProfile(userId), others([], [userId])]);
        const balances = sumBalances([...balancesOf(profile), ...ownedRows(held)]);
        return { version: versionOfAll(profile.version, held), balances };
      }),
    own: (userId) =>
      orFault(async () => {
        const [profile, cash] = await Promise.all([ofProfile(userId), rows.cash([defaultPortfolioId(userId)])]);
        const balances = sumBalances([...balancesOf(profile), ...cash.flatMap((of) => of.rows)]);
        return { version: profile.version, balances };
      }),
    bases: (portfolioIds) => orFault(() => rows.bases(portfolioIds)),
    readPortfolios: (keys) =>
      orFault(async () => {
        const { asked, owners, ids, sums } = sort(keys);
        const [own, cash, held] = await Promise.all([
          owned.readPortfolios(owners),
          rows.cash(defaultsOf(asked)),
          others(ids, sums),
        ]);
        const shown = new Map<string, ShownPortfolio>();
        for (const key of asked) {
          const { userId, of } = key;
          const mine = held.filter((portfolio) => portfolio.userId === userId);
          const profile = own.get(userId);
          const ownCash = cash.find((one) => one.userId === userId);
          if (of === undefined && !profile && !ownCash) continue;
          const found = mine.find(({ id }) => id === of);
          const made =
            of === undefined
              ? withCash(profile ?? nothing, ownCash)
              : of === allPortfolios
                ? sum(mine, profile ?? nothing)
                : one(key, found, profile ?? nothing);
          shown.set(key.key, { ...made, mark: markOf(key, profile?.version, mine, ownCash?.mark ?? 0) });
        }
        return shown;
      }),
    marks: (keys) =>
      orFault(async () => {
        const { asked, owners, ids, sums } = sort(keys);
        const [own, cash, held] = await Promise.all([
          owned.versions(owners),
          rows.cashMarks(defaultsOf(asked)),
          others(ids, sums, true),
        ]);
        return new Map(
          asked.map((key) => {
            const mine = held.filter(({ userId }) => userId === key.userId);
            return [key.key, markOf(key, own.get(key.userId), mine, cash.get(key.userId) ?? 0)];
          }),
        );
      }),
  };
};
