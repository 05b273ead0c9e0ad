import { AppError, invalidCursor, invalidLimit } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, isNull, ne, type SQL, sql } from 'drizzle-orm';
import { v7 as uuid7, validate } from 'uuid';
import { hasReservations } from '../books/readings.js';
import { requireListed } from '../postings/asset-rows.js';
import type { Command } from '../postings/once.js';
import { shares } from '../postings/tables.js';
import { portfolios } from '../schema.js';
import { type DefaultPortfolios, portfolioIdOf } from './default-portfolios.js';
import { lockOwner, type Owner } from './owner.js';
import { noSuchPortfolio, type Portfolio, type PortfolioRow, requireOpen, toPortfolio } from './portfolio.js';
import { nameKey, type PortfolioData, readData } from './portfolio-data.js';
import type { TellOfPortfolio } from './portfolio-stream.js';
import { once } from './requests.js';
import type { RequireRoom } from './room.js';

export interface NewPortfolio extends PortfolioData {
  readonly name: string;
  /** `tracking` or `paper`. */
  readonly kind: string;
  /** Names the request; empty for one that cannot be repeated. */
  readonly key: string;
}

export interface PortfolioPage {
  readonly portfolios: readonly Portfolio[];
  /** What to ask for next; undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * The portfolios of users. An id may be `default`, that of the default one that tells what the user owns. Every call makes
 * the defaults that are missing.
 * @throws AppError not_found for what is not the user's, invalid_argument
 */
export interface Portfolios {
  /**
   * @throws AppError already_exists with `name-taken`; failed_precondition with `limit-reached`, or for the key of another
   * request, and for a paper one while nobody knows whether prices are made up; unprocessable with `unknown-currency`;
   * resource_exhausted with `made-often`
   */
  create(owner: Owner, plan: NewPortfolio): Promise<Portfolio>;
  /** The oldest first; of the default ones, made at one moment, that of what is owned. @param archived whether those are listed that are archived, instead of the others */
  list(
    owner: Owner,
    page: { readonly archived: boolean; readonly limit: number; readonly cursor: string },
  ): Promise<PortfolioPage>;
  get(owner: Owner, id: string): Promise<Portfolio>;
  /** Only what is said is changed. @throws AppError as `create`, and unprocessable with `unknown-asset`; failed_precondition with `archived` */
  update(owner: Owner, id: string, data: PortfolioData): Promise<Portfolio>;
  /** Once and for all; repeating it is harmless. @throws AppError failed_precondition with `wrong-state` for a default one, and while orders are open in it */
  archive(owner: Owner, id: string): Promise<Portfolio>;
}

export interface PortfoliosDeps {
  readonly db: Database;
  /** One after the other of each user. */
  readonly command: Command;
  readonly time: DatabaseTime;
  readonly clock: { now(): number };
  readonly tell: TellOfPortfolio;
  readonly defaults: DefaultPortfolios;
  readonly requireRoom: RequireRoom;
}

const maxPage = 100;

export const createPortfolios = (deps: PortfoliosDeps): Portfolios => {
  const { db, command, time, clock, tell, defaults, requireRoom } = deps;
  const live = (userId: string) => and(eq(portfolios.userId, userId), isNull(portfolios.archivedAt));
  const ofUser = (userId: string, id: string): SQL | undefined => {
    const wanted = portfolioIdOf(userId, id);
    if (!validate(wanted)) throw noSuchPortfolio();
    return and(eq(portfolios.id, wanted), eq(portfolios.userId, userId));
  };
  /** One after the other of each user, the defaults being there. */
  const inTurn = <T>(owner: Owner, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    command(
      owner.userId,
      async (tx) => {
        await lockOwner(tx, time, owner.userId);
        await defaults.make(tx, owner);
        return work(tx);
      },
      owner.signal,
    );
  const lock = async (tx: Transaction, owner: Owner, id: string): Promise<PortfolioRow> => {
    const [row] = await tx.select().from(portfolios).where(ofUser(owner.userId, id)).for('no key update');
    if (!row) throw noSuchPortfolio();
    return row;
  };
  /** @param id of the one that may have it already */
  const requireFree = async (tx: Transaction, userId: string, name: string, id?: string) => {
    const others = and(
      live(userId),
      eq(portfolios.nameKey, nameKey(name)),
      id === undefined ? undefined : ne(portfolios.id, id),
    );
    const [taken] = await tx.select({ name: portfolios.name }).from(portfolios).where(others);
    if (!taken) return;
    // As it is written there: so it is found.
    const words = `There is a portfolio named "${taken.name}" already.`;
    throw new AppError('already_exists', words, { problem: 'name-taken' });
  };
  /** Of what lives at made-up prices, and of what does not. */
  const pricesOf = ({ simulated }: Owner, kind: 'tracking' | 'paper'): boolean => {
    if (kind === 'tracking') return false;
    if (simulated !== undefined) return simulated;
    throw new AppError(
      'failed_precondition',
      'Nobody knows yet whether prices are real; please try again in a few seconds.',
      {
        retryAfterMs: 1_000,
      },
    );
  };
  const write = async (
    tx: Transaction,
    owner: Owner,
    { id }: PortfolioRow,
    type: 'portfolio.updated' | 'portfolio.archived',
    set: Partial<typeof portfolios.$inferInsert> | { archivedAt: SQL },
  ) => {
    const [row] = await tx
      .update(portfolios)
      .set({ ...set, version: sql`${portfolios.version} + 1` })
      .where(eq(portfolios.id, id))
      .returning();
    if (!row) throw noSuchPortfolio();
    await tell(tx, owner, type, row);
    return toPortfolio(row);
  };

  return {
    create: async (owner, { kind, key, ...said }) => {
      const { userId } = owner;
      const { name = '', ...data } = readData(said);
      if (kind !== 'tracking' && kind !== 'paper')
        throw new AppError('invalid_argument', 'The kind must be tracking or paper.', {
          fields: [{ field: 'kind', message: 'must be tracking or paper' }],
        });
      const request = JSON.stringify(['create', kind, name, data.baseCurrencyCode, data.costMethod, data.feeAsset]);
      return inTurn(owner, (tx) =>
        once(tx, time, { userId, key, request }, async () => {
          await requireFree(tx, userId, name);
          await requireRoom(tx, userId);
          const id = uuid7({ msecs: clock.now() });
          const named = { userId, name, nameKey: nameKey(name) };
          const [made] = await tx
            .insert(portfolios)
            .values({ id, ...named, ...data, kind, simulated: pricesOf(owner, kind), version: 1, createdAt: time() })
            .returning();
          if (!made) throw new Error('a portfolio was not made');
          await tell(tx, owner, 'portfolio.created', made);
          return toPortfolio(made);
        }),
      );
    },
    list: async (owner, { archived, limit, cursor }) => {
      const { userId } = owner;
      if (!Number.isInteger(limit) || limit < 1 || limit > maxPage) throw invalidLimit(maxPage);
      if (cursor !== '' && !validate(cursor)) throw invalidCursor();
      await defaults.ensure(owner);
      const isOther = sql`${portfolios.kind} <> 'tracking'`;
      const before = sql`(select created_at, kind <> 'tracking', id from portfolios where id = ${cursor}::uuid and user_id = ${userId})`;
      const rows = await db
        .select()
        .from(portfolios)
        .where(
          and(
            eq(portfolios.userId, userId),
            archived ? sql`${portfolios.archivedAt} is not null` : isNull(portfolios.archivedAt),
            cursor === '' ? undefined : sql`(${portfolios.createdAt}, ${isOther}, ${portfolios.id}) > ${before}`,
          ),
        )
        .orderBy(asc(portfolios.createdAt), asc(isOther), asc(portfolios.id))
        .limit(limit + 1);
      const page = rows.slice(0, limit);
      return { portfolios: page.map(toPortfolio), next: rows.length > limit ? page.at(-1)?.id : undefined };
    },
    get: async (owner, id) => {
      const find = async () => (await db.select().from(portfolios).where(ofUser(owner.userId, id)))[0];
      const found = await find();
      if (found) return toPortfolio(found);
      await defaults.ensure(owner);
      const row = await find();
      if (!row) throw noSuchPortfolio();
      return toPortfolio(row);
    },
    update: (owner, id, said) =>
      inTurn(owner, async (tx) => {
        const data = readData(said);
        const row = await lock(tx, owner, id);
        requireOpen(row);
        const changed = Object.entries(data).some(([field, value]) => row[field as keyof typeof data] !== value);
        if (!changed) return toPortfolio(row);
        if (data.feeAsset && data.feeAsset !== row.feeAsset) await requireListed(tx, data.feeAsset, 'feeAsset');
        if (data.name !== undefined) await requireFree(tx, owner.userId, data.name, row.id);
        const named = data.name === undefined ? {} : { nameKey: nameKey(data.name) };
        return write(tx, owner, row, 'portfolio.updated', { ...data, ...named });
      }),
    archive: (owner, id) =>
      inTurn(owner, async (tx) => {
        const row = await lock(tx, owner, id);
        if (row.archivedAt !== null) return toPortfolio(row);
        if (row.isDefault)
          throw new AppError('failed_precondition', 'A default portfolio stays; nothing was changed.', {
            problem: 'wrong-state',
          });
        if (await hasReservations(tx, row.id))
          throw new AppError('failed_precondition', 'Something is kept for an order in it; nothing was changed.', {
            problem: 'wrong-state',
          });
        await tx.delete(shares).where(eq(shares.portfolioId, row.id));
        return write(tx, owner, row, 'portfolio.archived', { archivedAt: time() });
      }),
  };
};
