import { randomUUID } from 'node:crypto';
import type { Clock } from '@tickfolio/lib/clock';
import type { EventLog, EventMessage } from '@tickfolio/lib/event-log';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import { streams } from '@tickfolio/lib/events/streams';
import type { ListEvents } from '@tickfolio/lib/outbox';

export interface Told {
  readonly topic: string;
  readonly message: EventMessage;
  readonly stream: string;
  readonly version: number;
}
export interface Made {
  readonly kind?: 'tracking' | 'paper' | 'exchange';
  readonly baseCurrencyCode?: string;
  readonly isDefault?: boolean;
  readonly simulated?: boolean;
}

/** What the portfolio service tells, numbered as it does. Telling is to write it down; it is sent with `send`. */
export const createPortfolioNews = (eventLog: Pick<EventLog, 'append'>, clock: Clock) => {
  const all: Told[] = [];
  const versions = new Map<string, number>();
  let epoch = 1;
  const numbered = (stream: string) => {
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    const time = new Date(clock.now()).toISOString();
    return { id: randomUUID(), source: 'portfolio', epoch, stream, version, time };
  };
  const note = (topic: string, of: { stream: string; version: number }, message: Told['message']): Told => {
    const told = { topic, message, stream: of.stream, version: of.version };
    all.push(told);
    return told;
  };
  const ofPortfolio = (
    userId: string,
    portfolioId: string,
    type: 'portfolio.created' | 'portfolio.updated',
    of: Made = {},
  ) => {
    const around = numbered(streams.portfolio(portfolioId));
    const { kind = 'tracking', baseCurrencyCode = 'USDT', isDefault = false, simulated = false } = of;
    const data = {
      ...{ portfolioId, name: 'Mine', kind, baseCurrencyCode, costMethod: 'FIFO' as const, feeAsset: null },
      ...{ isDefault, simulated },
    };
    return note(portfolioEvents.name, around, portfolioEvents.messageOf({ ...around, type, userId, data }));
  };
  const listEvents: ListEvents = async (asked, limit) => {
    const values = (found: readonly Told[]) => found.slice(0, limit).map(({ message }) => String(message.value));
    if ('afterSeq' in asked) {
      const after = all.slice(asked.afterSeq);
      return { events: values(after), next: asked.afterSeq + Math.min(after.length, limit) };
    }
    const of = all.filter(({ stream }) => stream === asked.stream);
    const events = values(of.filter(({ version }) => version >= asked.fromVersion));
    const stream = { lastVersion: of.at(-1)?.version ?? 0, epoch };
    return { events, next: asked.fromVersion + events.length, stream };
  };
  return {
    all,
    made: (userId: string, portfolioId: string, of?: Made) => ofPortfolio(userId, portfolioId, 'portfolio.created', of),
    updated: (userId: string, portfolioId: string, of: Made) =>
      ofPortfolio(userId, portfolioId, 'portfolio.updated', of),
    archived: (userId: string, portfolioId: string) => {
      const around = numbered(streams.portfolio(portfolioId));
      const event = { ...around, type: 'portfolio.archived' as const, userId, data: { portfolioId } };
      return note(portfolioEvents.name, around, portfolioEvents.messageOf(event));
    },
    /** All of a balance afterwards. @param via empty for cash */
    balance: (userId: string, portfolioId: string, asset: string, via: string, available: string, reserved = '0') => {
      const around = numbered(streams.balances(portfolioId));
      const data = {
        ...{ portfolioId, balanceId: 1, asset, via, available, reserved, createdAt: around.time },
        ...{ change: { available: '1', reserved: '0' }, reason: 'fund' as const, ref: `posting:${randomUUID()}` },
      };
      const event = { ...around, type: 'balance.updated' as const, userId, data };
      return note(balanceEvents.name, around, balanceEvents.messageOf(event));
    },
    send: async (...told: readonly Told[]) => {
      for (const { topic, message } of told) await eventLog.append(topic, [message]);
    },
    /** It was restored from a backup of its beginning: all is told under new numbers. */
    restored: () => {
      epoch += 1;
      versions.clear();
      all.length = 0;
    },
    listEvents,
  };
};
