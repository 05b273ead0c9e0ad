import { randomUUID } from 'node:crypto';
import { systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { isNotNull } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createUser, openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import { createFakePortfolios } from '../kit/portfolio.js';
import { createPortfolioNews } from '../kit/portfolio-news.js';
import { openSocket } from '../kit/socket.js';
import { profileEvents } from '../schema.js';
import { gatewayTopics } from '../topics.js';

const clock = systemClock;
const log = silentLogger();
let postgres: Postgres;
const running: TestBff[] = [];
beforeAll(async () => {
  postgres = await openTestPostgres();
});
afterEach(async () => {
  for (const bff of running.splice(0)) await bff.close();
});
afterAll(() => postgres.close());

/** Two replicas beside an event log. */
const build = async () => {
  const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: gatewayTopics });
  const news = createPortfolioNews(eventLog, clock);
  const played = { portfolio: { ...createFakePortfolios().client, listEvents: news.listEvents } };
  const pubsub = createMemoryPubSub();
  for (let replica = 0; replica < 2; replica++)
    running.push(await startTestBff({ postgres, pubsub, played, deps: { eventLog } }));
  /** What the gateway has told, and the log has taken. */
  const told = () =>
    postgres.db
      .select({ type: profileEvents.events.type, key: profileEvents.events.key })
      .from(profileEvents.events)
      .where(isNotNull(profileEvents.events.sentAt));
  const tell = (
    userId: string,
    version: number,
    event: { type: 'user.created'; data: { id: string; name: string } } | { type: 'user.deleted'; data: object },
  ) =>
    eventLog.append(userEvents.name, [
      userEvents.messageOf({
        ...event,
        id: randomUUID(),
        source: 'auth',
        epoch: 1,
        userId,
        stream: `user:${userId}`,
        version,
        time: new Date(clock.now()).toISOString(),
      }),
    ]);
  const [one, two] = running as [TestBff, TestBff];
  return { one, two, tell, told, news };
};

it('has nothing of a user whose account was deleted, closes its sockets at every replica, and answers once', {
  timeout: 300_000,
}, async () => {
  const { one, two, tell, told, news } = await build();
  const user = createUser(clock);
  const other = createUser(clock);
  for (const person of [user, other]) {
    expect((await one.call(person, 'POST', '/api/v1/profile')).status).toBe(201);
    await becomes(
      async () =>
        (await one.call(person, 'POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1' })).status,
      200,
    );
  }
  const [portfolio, later] = [randomUUID(), randomUUID()];
  await news.send(
    news.made(user.userId, portfolio, { kind: 'paper' }),
    news.balance(user.userId, portfolio, 'BTC', 'btcusdt', '1'),
  );
  await becomes(() => tablesWith(postgres.db, [portfolio]), ['balance_versions', 'holdings', 'inbox', 'portfolios']);
  const sockets = await Promise.all([one, two].map(({ wsUrl }) => openSocket(wsUrl, user)));
  sockets[0]?.ws.send(JSON.stringify({ type: 'view', portfolioId: portfolio }));
  await sockets[0]?.next(({ PortfolioID }) => PortfolioID === portfolio);
  await tell(user.userId, 1, { type: 'user.created', data: { id: user.userId, name: user.name } });
  await tell(user.userId, 2, { type: 'user.deleted', data: {} });
  await tell(user.userId, 2, { type: 'user.deleted', data: {} });
  expect(await Promise.all(sockets.map((socket) => socket.closed))).toMatchObject([{ code: 4401 }, { code: 4401 }]);
  const answer = { type: 'user.erased', key: user.userId };
  // Where a busy machine could not do it at once, it tries again after a minute.
  await becomes(told, [answer], 90_000);
  for (const replica of [one, two]) expect((await replica.call(user, 'GET', '/api/v1/profile')).status).toBe(401);
  expect(await tablesWith(postgres.db, [user.name])).toEqual([]);
  expect(await tablesWith(postgres.db, [user.userId])).toEqual(['erased_users', 'inbox', 'profile_events']);
  expect((await one.call(other, 'GET', '/api/v1/profile')).body.Coins).toHaveLength(1);
  // What is told of the user later is dropped.
  await news.send(news.made(user.userId, later), news.balance(user.userId, portfolio, 'BTC', 'btcusdt', '2'));
  await tell(user.userId, 3, { type: 'user.deleted', data: {} });
  await tell(other.userId, 1, { type: 'user.created', data: { id: other.userId, name: other.name } });
  await becomes(() => tablesWith(postgres.db, [`user:${other.userId}`]), ['inbox']);
  expect(await told()).toEqual([answer]);
  expect(await tablesWith(postgres.db, [portfolio, later])).toEqual(['inbox']);
});
