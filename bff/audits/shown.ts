import type { Balances } from '@tickfolio/gen/portfolio/v1';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { streams } from '@tickfolio/lib/events/streams';
import { canonical } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, gt, lte, notExists, notInArray, sql } from 'drizzle-orm';
import { balanceVersions, coins, erasedUsers, holdings, inboxTables, openErasures, profiles } from '../schema.js';

/** So much of an asset, as it is shown. */
export interface ShownRow {
  /** Empty of a coin of the default portfolio: its symbol says it. */
  readonly asset: string;
  readonly via: string;
  readonly available: string;
  readonly reserved: string;
}

/** What the gateway has of a portfolio, at one moment. */
export interface Shown {
  /** Up to which event of its balances was taken in; 0 for none. */
  readonly heard: number;
  /** Nothing more is taken in until an operator says so, or it goes on only now that one said so. */
  readonly isParked: boolean;
  /** Of the newest change that is shown, which may not have come as an event yet. */
  readonly newest: number;
  /** Nothing is to be shown of its user any more. */
  readonly isErased: boolean;
  /** Whether its coins are shown as the portfolio service says: `never` where nothing is known of its user. */
  readonly coins: 'shown' | 'moving' | 'never';
  readonly rows: readonly ShownRow[];
}

type Asked = Pick<Balances, 'portfolioId' | 'userId'>;

interface Found {
  readonly what: 'heard' | 'held' | 'coin' | 'user' | 'erased';
  readonly id: string;
  readonly asset: string;
  readonly via: string;
  readonly available: string;
  readonly reserved: string;
  readonly version: number;
  readonly flag: boolean;
}

const list = (texts: readonly string[]) =>
  sql.join(
    texts.map((text) => sql`${text}`),
    sql`, `,
  );

/** What the gateway has of these, in one statement, so that all of it is of one moment. */
export const readShown = async (db: Database, asked: readonly Asked[]): Promise<ReadonlyMap<string, Shown>> => {
  if (asked.length === 0) return new Map();
  const { inbox, parkedStreams } = inboxTables;
  const names = list(asked.map(({ portfolioId }) => streams.balances(portfolioId)));
  const ids = list(asked.map(({ portfolioId }) => portfolioId));
  const users = list([...new Set(asked.map(({ userId }) => userId))]);
  const found = sql`(
    select 'heard' as what, split_part(i.stream, ':', 2) as id, '' as asset, '' as via, '' as available, '' as reserved,
        i.version, p.stream is not null as flag
      from ${inbox} i left join ${parkedStreams} p on p.stream = i.stream where i.stream in (${names})
    union all
    select 'held', portfolio_id::text, asset, via, available::text, reserved::text, version, false
      from ${holdings} where portfolio_id in (${ids})
    union all
    select 'coin', c.user_id, '', c.symbol, c.quantity::text, '0', c.version - coalesce(p.version_base, 0), false
      from ${coins} c join ${profiles} p on p.id = c.user_id where c.user_id in (${users})
    union all
    select 'user', id, '', '', '', '', 0, adopted_at is not null and version_base is not null
      from ${profiles} where id in (${users})
    union all
    select 'erased', user_id, '', '', '', '', 0, true from ${erasedUsers} where user_id in (${users})
    union all
    select 'erased', user_id, '', '', '', '', 0, true from ${openErasures} where user_id in (${users})
  ) found`;
  const column = (name: keyof Found) => sql`${sql.identifier('found')}.${sql.identifier(name)}`;
  const rows = await db
    .select({
      what: sql<Found['what']>`${column('what')}`,
      id: sql<string>`${column('id')}`,
      asset: sql<string>`${column('asset')}`,
      via: sql<string>`${column('via')}`,
      available: sql<string>`${column('available')}`,
      reserved: sql<string>`${column('reserved')}`,
      version: column('version').mapWith(Number),
      flag: sql<boolean>`${column('flag')}`,
    })
    .from(found);
  const byName = new Map<string, Found[]>();
  for (const row of rows) {
    const name = `${row.what} ${row.id}`;
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  const of = (what: Found['what'], id: string): readonly Found[] => byName.get(`${what} ${id}`) ?? [];
  return new Map(
    asked.map(({ portfolioId: id, userId }): [string, Shown] => {
      const [heard] = of('heard', id);
      const [user] = of('user', userId);
      const said = defaultPortfolioId(userId) === id ? of('coin', userId) : [];
      const shown = [...of('held', id), ...said.filter(({ available }) => canonical(available) !== '0')];
      return [
        id,
        {
          heard: heard?.version ?? 0,
          isParked: heard?.flag ?? false,
          newest: Math.max(heard?.version ?? 0, ...said.map(({ version }) => version)),
          isErased: of('erased', userId).length > 0,
          coins: user === undefined ? 'never' : user.flag ? 'shown' : 'moving',
          rows: shown.map(({ asset, via, available, reserved }) => ({
            ...{ asset, via, available: canonical(available), reserved: canonical(reserved) },
          })),
        },
      ];
    }),
  );
};

const maxStrangers = 100;

/**
 * Portfolios of which something is known here, among these ids, besides those: the first of them.
 * @param upTo undefined for all behind `after`
 */
export const shownBesides = async (
  db: Database,
  {
    after,
    upTo,
    known,
  }: { readonly after: string; readonly upTo: string | undefined; readonly known: readonly string[] },
): Promise<readonly Asked[]> => {
  const { portfolioId, userId, version } = balanceVersions;
  const erased = db.select({ one: sql`1` }).from(erasedUsers).where(sql`${erasedUsers.userId} = ${userId}`);
  return db
    .select({ portfolioId, userId })
    .from(balanceVersions)
    .where(
      and(
        after === '' ? undefined : gt(portfolioId, after),
        upTo === undefined ? undefined : lte(portfolioId, upTo),
        // 0 where its service was restored, and has not told of it again.
        gt(version, 0),
        known.length === 0 ? undefined : notInArray(portfolioId, [...known]),
        notExists(erased),
      ),
    )
    .orderBy(asc(portfolioId))
    .limit(maxStrangers);
};
