import { createManualClock } from '@tickfolio/lib/clock';
import { streams } from '@tickfolio/lib/events/streams';
import { parseDecimal } from '@tickfolio/lib/money';
import { createAppend } from '@tickfolio/lib/outbox';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { eq, sql } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { createBooks } from '../books/books.js';
import { assets } from '../postings/tables.js';
import { owners, portfolioEvents, portfolios } from '../schema.js';

/** Whole numbers of 10^-18. */
export const unitsOf = (text: string): bigint => {
  const { units, scale } = parseDecimal(text);
  return units * 10n ** BigInt(18 - scale);
};

export const usualSymbols = { USDT: '', BTC: 'btcusdt', ETH: 'ethusdt', BNB: 'bnbusdt' } as const;

/**
 * The books over a database of a test's own, at a time that the test moves.
 * @param highestId of a coin that was counted elsewhere, `unsaid` where nobody has said it yet
 */
export const openTestBooks = async (
  postgres: Postgres,
  clock = createManualClock(Date.UTC(2026, 10, 29)),
  highestId: number | 'unsaid' = 0,
) => {
  const { db } = postgres;
  const time = timeOf(clock);
  const append = createAppend({ tables: portfolioEvents, clock, time, source: 'portfolio' });
  const books = createBooks({ db, append, time, clock });
  const known = Object.entries(usualSymbols).map(([asset, defaultVia]) => ({
    asset,
    defaultVia,
    kind: asset === 'USDT' ? ('stable' as const) : ('crypto' as const),
    listed: true,
    updatedAt: time(),
  }));
  if (highestId !== 'unsaid') await books.adoption.begin(highestId);
  await db.insert(assets).values(known).onConflictDoNothing();

  let made = 0;
  return {
    db,
    clock,
    time,
    append,
    books,
    /** Of a new user, unless one is named. @returns whose it is and where, as every command wants it */
    portfolio: async (
      kind: 'tracking' | 'paper' | 'exchange',
      { userId = uuid7(), id = uuid7(), simulated = false }: { userId?: string; id?: string; simulated?: boolean } = {},
    ) => {
      const name = `Portfolio ${++made} ${id}`;
      await db.insert(owners).values({ userId, createdAt: time() }).onConflictDoNothing();
      await db
        .insert(portfolios)
        .values({ id, userId, name, nameKey: name, kind, simulated, version: 1, createdAt: time() });
      // Told already, for tests of balances.
      await db.insert(portfolioEvents.events).values({
        ...{ id: uuid7(), topic: 'portfolio-events', key: userId, stream: streams.portfolio(id), version: 1 },
        ...{ type: 'portfolio.created', body: { schema: 1, data: {} }, createdAt: time(), sentAt: time() },
      });
      return { portfolioId: id, userId, requestId: '' };
    },
    /** Assets that no market values. */
    list: (...names: readonly string[]) =>
      db
        .insert(assets)
        .values(
          names.map((asset) => ({ asset, defaultVia: '', kind: 'crypto' as const, listed: true, updatedAt: time() })),
        ),
    archive: (id: string) => db.update(portfolios).set({ archivedAt: time() }).where(eq(portfolios.id, id)),
    /** `BTC btcusdt 1.5 0`, … with the version before them. */
    held: async ({ portfolioId, userId }: { portfolioId: string; userId: string }) => {
      const { version, balances } = await books.readings.balances(portfolioId, userId);
      return [
        `version ${version}`,
        ...balances.map(({ asset, via, available, reserved }) => [asset, via, available, reserved].join(' ')).sort(),
      ];
    },
    /** What was told of a portfolio's balances, in its order. */
    told: async (portfolioId: string) => {
      const rows = await db
        .select({
          version: portfolioEvents.events.version,
          type: portfolioEvents.events.type,
          body: portfolioEvents.events.body,
        })
        .from(portfolioEvents.events)
        .where(eq(portfolioEvents.events.stream, `balances:${portfolioId}`))
        .orderBy(sql`version`);
      return rows.map(({ version, type, body }) => ({ version, type, ...(body.data as Record<string, unknown>) }));
    },
  };
};

export type TestBooks = Awaited<ReturnType<typeof openTestBooks>>;

let keys = 0;
/** Of a request that is made once. */
export const newKey = (): string => `key-${++keys}`;
