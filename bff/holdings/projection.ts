import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import { streams } from '@tickfolio/lib/events/streams';
import type { ListEvents } from '@tickfolio/lib/outbox';
import { consumedTopic } from '@tickfolio/lib/outbox/inbox';
import type { TakenBesides } from '../erasure/deleted-users.js';
import { forgetBalances, takeBalanceNews } from './balance-news.js';
import { forgetPortfolio, takePortfolioNews } from './portfolio-news.js';

export interface ProjectionDeps {
  /** The portfolio service's own events. */
  readonly listEvents: ListEvents;
  /** Something is another in a portfolio, or of it. Told after the commit. */
  readonly changed: (userId: string, portfolioId: string) => void;
}

/** Whose stream it is, where it is one of these; what such streams are called stands in `streams`. */
const idIn = (stream: string, nameOf: (id: string) => string): string | undefined => {
  const id = stream.slice(nameOf('').length);
  return stream === nameOf(id) ? id : undefined;
};

const portfolioIn = (stream: string) => idIn(stream, streams.portfolio) ?? idIn(stream, streams.balances);

/** What the gateway keeps of portfolios that it does not own, as an inbox takes it in. */
export const createProjection = ({ listEvents: owner, changed }: ProjectionDeps): TakenBesides => ({
  topics: [
    consumedTopic({ topic: portfolioEvents, owner, apply: takePortfolioNews }),
    consumedTopic({ topic: balanceEvents, owner, apply: takeBalanceNews }),
  ],
  restart: async (tx, { stream }) => {
    const data = idIn(stream, streams.portfolio);
    if (data !== undefined) return forgetPortfolio(tx, data);
    const balances = idIn(stream, streams.balances);
    return balances === undefined ? undefined : forgetBalances(tx, balances);
  },
  committed: (events) => {
    const told = new Map<string, string>();
    for (const { stream, userId } of events) {
      const id = portfolioIn(stream);
      if (id !== undefined && userId !== undefined) told.set(id, userId);
    }
    for (const [portfolioId, userId] of told) changed(userId, portfolioId);
  },
  emptied: ({ stream, userId }) => {
    const id = portfolioIn(stream);
    if (id !== undefined && userId !== undefined) changed(userId, id);
  },
});
