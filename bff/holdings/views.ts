import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import type { Portfolio, Portfolios } from '../portfolio/portfolios.js';
import { createHeldRows, type HeldPortfolio, type HeldRow } from './held-rows.js';
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
  all(userId: string): Promise<{ readonly version: number; readonly balances: readonly Balance[] }>;
  /** Their versions alone. */
  versions(keys: readonly string[]): Promise<Map<string, number>>;
}

const nothing: Portfolio = { version: 0, coins: [] };
const usdt = 'USDT';

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

  const one = (key: Key, found: HeldPortfolio | undefined, own: Portfolio): ShownPortfolio => {
    const portfolioId = key.of ?? '';
    const held = [...(found?.rows ?? [])].sort(byName);
    const about = { portfolioId, baseCurrency: found?.baseCurrency ?? usdt, cash: cashOf(held) };
    return isDefault(key) ? { ...own, ...about } : { version: found?.version ?? 0, coins: coinsOf(held), ...about };
  };
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
    all.filter(({ kind, archived }) => kind !== 'paper' && !archived).flatMap((of) => of.rows);
  return {
    all: (userId) =>
      orFault(async () => {
        const [own, held] = await Promise.all([owned.readPortfolios([userId]), others([], [userId])]);
        const profile = own.get(userId) ?? nothing;
        const coins = profile.coins.map(({ symbol, quoteAsset, quantity }) => ({
          ...{ asset: symbol.slice(0, -quoteAsset.length).toUpperCase(), via: symbol },
          ...{ available: quantity, reserved: '0' },
        }));
        return { version: versionOfAll(profile.version, held), balances: sumBalances([...coins, ...ownedRows(held)]) };
      }),
    readPortfolios: (keys) =>
      orFault(async () => {
        const { asked, owners, ids, sums } = sort(keys);
        const [own, cash, held] = await Promise.all([
          owned.readPortfolios(owners),
          rows.cash(asked.filter(({ of }) => of === undefined).map(({ userId }) => defaultPortfolioId(userId))),
          others(ids, sums),
        ]);
        const shown = new Map<string, ShownPortfolio>();
        for (const key of asked) {
          const { userId, of } = key;
          const mine = held.filter((portfolio) => portfolio.userId === userId);
          const profile = own.get(userId);
          if (of === allPortfolios) shown.set(key.key, sum(mine, profile ?? nothing));
          else if (of !== undefined)
            shown.set(
              key.key,
              one(
                key,
                mine.find(({ id }) => id === of),
                profile ?? nothing,
              ),
            );
          else {
            const own = cash.filter((row) => row.userId === userId);
            if (own.length > 0) shown.set(userId, { ...(profile ?? nothing), cash: cashOf([...own].sort(byName)) });
            else if (profile) shown.set(userId, profile);
          }
        }
        return shown;
      }),
    versions: (keys) =>
      orFault(async () => {
        const { asked, owners, ids, sums } = sort(keys);
        const [own, held] = await Promise.all([owned.versions(owners), others(ids, sums, true)]);
        const versionOf = (key: Key): number | undefined => {
          const mine = held.filter(({ userId }) => userId === key.userId);
          if (key.of === allPortfolios) return versionOfAll(own.get(key.userId) ?? 0, mine);
          if (key.of === undefined || isDefault(key)) return own.get(key.userId);
          return mine.find(({ id }) => id === key.of)?.version ?? 0;
        };
        return new Map(
          asked.flatMap((key) => {
            const version = versionOf(key);
            return version === undefined ? [] : [[key.key, version] as const];
          }),
        );
      }),
  };
};
