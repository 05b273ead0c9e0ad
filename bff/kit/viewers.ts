import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import type { EventMessage } from '@tickfolio/lib/event-log';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { balanceEvents } from '@tickfolio/lib/events/balance-events';
import { becomes } from '@tickfolio/lib/kit/becomes';
import type { Postgres } from '@tickfolio/lib/postgres';
import type { PubSub } from '@tickfolio/lib/pubsub';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { PortfolioClient } from '../portfolios/portfolio-client.js';
import { gatewayTopics } from '../topics.js';
import { createUser, openTestPostgres, startTestBff, type TestBff, type TestBffOptions, type TestUser } from './bff.js';
import { createFakePortfolios } from './portfolio.js';
import { createPortfolioNews } from './portfolio-news.js';
import { openSocket, type TestSocket } from './socket.js';

interface Built {
  readonly pubsub?: PubSub;
  readonly options?: TestBffOptions['options'];
}

/** Whether a frame is of that portfolio; undefined for the default one, of which frames say nothing. */
export const of = (portfolioId: string | undefined) => (frame: { PortfolioID?: string }) =>
  frame.PortfolioID === portfolioId;

/** People who look at portfolios on sockets, for the tests of one file; what was opened for a test ends with it. */
export const createViewers = () => {
  let postgres: Postgres;
  const running: TestBff[] = [];
  const sockets: TestSocket[] = [];
  beforeAll(async () => {
    postgres = await openTestPostgres();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) await socket.close();
    for (const bff of running.splice(0)) await bff.close();
  });
  afterAll(() => postgres.close());

  /** Replicas beside an event log, and a portfolio service that can be away. */
  const build = async (replicas = 1, { pubsub = createMemoryPubSub(), options = {} }: Built = {}) => {
    const [clock, log] = [systemClock, silentLogger()];
    const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: gatewayTopics });
    const news = createPortfolioNews(eventLog, clock);
    const service = { isAway: false };
    const fake = createFakePortfolios();
    const listEvents: typeof fake.client.listEvents = async (...asked) => {
      if (service.isAway) throw new Error('away');
      return news.listEvents(...asked);
    };
    const client: PortfolioClient = { ...fake.client, listEvents };
    const played = { portfolio: client };
    for (let count = 0; count < replicas; count++)
      running.push(await startTestBff({ postgres, pubsub, played, options, deps: { eventLog } }));
    const [bff] = running as [TestBff];
    const append = (message: EventMessage) => eventLog.append(balanceEvents.name, [message]);
    return { bff, news, service, client, append };
  };
  const look = async ({ wsUrl }: TestBff, user: TestUser) => {
    const socket = await openSocket(wsUrl, user);
    sockets.push(socket);
    await socket.next();
    return { ...socket, view: (portfolioId: string) => socket.ws.send(JSON.stringify({ type: 'view', portfolioId })) };
  };
  const hold = async (bff: TestBff, user: TestUser, symbol: string, quantity: string) =>
    expect((await bff.call(user, 'POST', '/api/v1/profile/coins', { symbol, quantity })).status).toBe(200);
  /** Waits until a portfolio is in the projection. */
  const isKnown = (id: string) =>
    becomes(async () => {
      const { rows } = (await postgres.db.execute(`select 1 from portfolios where id = '${id}'`)) as unknown as {
        rows: [];
      };
      return rows.length;
    }, 1);
  /** Somebody with 2 bitcoin, and a paper portfolio of 6,000 USDT, of which 1,000.5 are kept for orders, and 3 ether. */
  const somebody = async ({ bff, news }: Awaited<ReturnType<typeof build>>) => {
    const user = createUser(systemClock);
    const paper = randomUUID();
    await hold(bff, user, 'btcusdt', '2');
    bff.publish('btcusdt', '60000');
    bff.publish('ethusdt', '3000.25');
    await news.send(
      news.made(user.userId, paper, { kind: 'paper', baseCurrencyCode: 'EUR' }),
      news.balance(user.userId, paper, 'USDT', '', '4999.5', '1000.5'),
      news.balance(user.userId, paper, 'ETH', 'ethusdt', '2.5', '0.5'),
    );
    await isKnown(paper);
    return { user, paper };
  };

  return {
    build,
    look,
    hold,
    isKnown,
    somebody,
    running,
    get postgres() {
      return postgres;
    },
  };
};
