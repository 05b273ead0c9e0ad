import { randomUUID } from 'node:crypto';
import type { Balance, Balances } from '@tickfolio/gen/portfolio/v1';
import { systemClock } from '@tickfolio/lib/clock';
import type { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import { streams } from '@tickfolio/lib/events/streams';
import type { Postgres } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import { takeBalanceNews } from '../holdings/balance-news.js';
import { inboxTables, profiles } from '../schema.js';

type Event = DomainEvent<TypesOf<typeof balanceEvents>>;

/** Portfolios of a service in memory, beside a gateway's database that hears of them when a test says so. */
export const createPositions = ({ db }: Postgres) => {
  const all = new Map<string, { readonly userId: string; version: number; held: Map<string, Balance> }>();
  const waiting: Event[] = [];
  const atMs = systemClock.now();
  const take = (event: Event) =>
    db.transaction(async (tx) => {
      const { stream, version } = event;
      await takeBalanceNews(tx, event);
      await tx
        .insert(inboxTables.inbox)
        .values({ stream, source: 'portfolio', epoch: 1, version })
        .onConflictDoUpdate({ target: inboxTables.inbox.stream, set: { version } });
    });
  let nextId = 1_000_000;
  return {
    all,
    /** Somebody whose coins are the portfolio service's. */
    somebody: async () => {
      const userId = randomUUID();
      const at = sql`now()`;
      await db.insert(profiles).values({ id: userId, name: userId, adoptingAt: at, adoptedAt: at, versionBase: 0 });
      const portfolioId = defaultPortfolioId(userId);
      all.set(portfolioId, { userId, version: 0, held: new Map() });
      return { userId, portfolioId };
    },
    portfolio: (userId: string): string => {
      const id = randomUUID();
      all.set(id, { userId, version: 0, held: new Map() });
      return id;
    },
    /** A balance is another there; the gateway hears of it with `hear`. */
    set: (portfolioId: string, asset: string, via: string, available: string, reserved = '0') => {
      const of = all.get(portfolioId);
      if (!of) throw new Error('no portfolio');
      const id = of.held.get(`${asset} ${via}`)?.id ?? nextId++;
      const version = ++of.version;
      const balance = { id, asset, via, available, reserved, version, createdAtMs: atMs, updatedAtMs: atMs };
      if (available === '0' && reserved === '0') of.held.delete(`${asset} ${via}`);
      else of.held.set(`${asset} ${via}`, balance);
      const time = new Date(atMs).toISOString();
      const data = {
        ...{ portfolioId, balanceId: id, asset, via, available, reserved, createdAt: time },
        ...{ change: { available, reserved }, reason: 'manual' as const, ref: `posting:${randomUUID()}` },
      };
      waiting.push({
        ...{ id: randomUUID(), source: 'portfolio', epoch: 1, stream: streams.balances(portfolioId), version, time },
        ...{ type: 'balance.updated', schema: 1, userId: of.userId, data },
      } as Event);
    },
    /** All that was not heard yet. @param most so many of it */
    hear: async (most = Number.POSITIVE_INFINITY) => {
      for (let heard = 0; heard < most; heard++) {
        const event = waiting.shift();
        if (!event) return;
        await take(event);
      }
    },
    /** What is waiting never comes. */
    lose: () => void waiting.splice(0),
    positions: async (after: string, limit: number) => {
      const ids = [...all.keys()].filter((id) => id > after).sort();
      const portfolios = ids.slice(0, limit).flatMap((portfolioId): Balances[] => {
        const of = all.get(portfolioId);
        return of ? [{ portfolioId, userId: of.userId, version: of.version, balances: [...of.held.values()] }] : [];
      });
      return { portfolios, next: ids.length > limit ? (ids[limit - 1] ?? '') : '' };
    },
  };
};
