import { connect } from 'node:net';
import { migrationsFolder as authMigrations, defaultLimits, startAuth } from '@tickfolio/auth/app';
import {
  type AggregatorClient,
  createNeighbours,
  migrationsFolder as profileMigrations,
  startBff,
  targetsOf,
} from '@tickfolio/bff/app';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { seed } from '@tickfolio/lib/kit/counts';
import { patience, shareTestPostgres, type TestPostgres } from '@tickfolio/lib/kit/postgres';
import { startTestAddress } from '@tickfolio/lib/kit/postgres-address';
import { createRandom } from '@tickfolio/lib/kit/random';
import { startTestRedis, type TestRedis } from '@tickfolio/lib/kit/redis';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createRedisPubSub } from '@tickfolio/lib/pubsub/redis';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { createCircuitMetrics } from '@tickfolio/lib/telemetry/circuit-metrics';
import { afterAll, describe, expect, it } from 'vitest';
import { callJson, type LiveSocket, openSocket, signIn, signUp } from '../kit/client.js';

// Two replicas on real servers, each of whose connections is cut at random while coins are changed and people sign out.

/** Something is cut or changed in each. */
const steps = 330;
const people = 6;
const symbols = ['btcusdt', 'ethusdt', 'solusdt'];
const jwtSecret = 'a secret of this test only, and long enough';
const log = silentLogger();

const aggregator: AggregatorClient = {
  demand: async () => ({ symbolsRevision: 'test', simulated: false, feeds: new Map(), lastPrices: new Map() }),
  symbols: async () => ({
    revision: 'test',
    simulated: false,
    symbols: symbols.map((symbol) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' })),
  }),
};

const startReplica = async (redis: TestRedis, server: TestPostgres, authPort: number) => {
  const addresses = await Promise.all([redis.port, server.port, authPort].map(startTestAddress));
  const [toRedis, toPostgres, toAuth] = addresses as [
    (typeof addresses)[0],
    (typeof addresses)[0],
    (typeof addresses)[0],
  ];
  const metrics = createMetrics('bff');
  const { user, password } = server;
  const postgres = await openServerPostgres({
    ...{ host: toPostgres.host, port: toPostgres.port, user, password, database: 'profile_db' },
    ...{ migrationsFolder: profileMigrations, log, clock },
  });
  const pubsub = createRedisPubSub({ address: toRedis, log, metrics, clock });
  const neighbours = createNeighbours(
    { clock, metrics, observeCircuit: createCircuitMetrics(metrics) },
    targetsOf(() => `127.0.0.1:${toAuth.port}`),
  );
  const bff = await startBff(
    {
      postgres,
      neighbours,
      aggregator,
      priceBus: createPriceBus(pubsub),
      pubsub,
      eventLog: createMemoryEventLog({ clock, log, metrics: createMetrics('log') }),
      clock,
      log,
      metrics,
    },
    { address: { host: '127.0.0.1', port: 0 }, jwtSecret, secureCookie: false, maxAuthCalls: 10_000 },
  );
  return {
    base: `http://127.0.0.1:${bff.port}`,
    addresses,
    metrics,
    close: async () => {
      await bff.close();
      neighbours.close();
      await pubsub.close();
      await postgres.close();
      for (const address of addresses) await address.close();
    },
  };
};

/** Cuts every connection to Redis that listens to nothing. */
const killPublishers = ({ host, port }: TestRedis): void => {
  const socket = connect({ host, port }, () => socket.end('CLIENT KILL TYPE normal\r\n'));
  socket.on('error', () => undefined); // Redis is busy; the next one comes.
};

const redis = await startTestRedis();
const server = await shareTestPostgres();

describe.runIf(redis && server)('two replicas whose connections break at random', () => {
  if (!redis || !server) return; // NOT COVERED was said.
  const closing: (() => Promise<unknown>)[] = [() => redis.close()];
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });

  it(`show everybody what the database has, and keep no socket of an ended session (seed ${seed})`, {
    timeout: 400_000,
  }, async () => {
    const random = createRandom(seed);
    const oneOf = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
    await Promise.all(['auth_db', 'profile_db'].map((name) => server.createDatabase(name)));
    const { host, port, user, password } = server;
    const accounts = await openServerPostgres({
      host,
      port,
      user,
      password,
      database: 'auth_db',
      ...patience,
      migrationsFolder: authMigrations,
      log,
      clock,
    });
    closing.push(() => accounts.close());
    const auth = await startAuth(
      {
        postgres: accounts,
        eventLog: createMemoryEventLog({ clock, log, metrics: createMetrics('log') }),
        clock,
        log,
        metrics: createMetrics('auth'),
      },
      { address: { host, port: 0 }, jwtSecret, holders: ['auth'], limits: { ...defaultLimits } },
    );
    closing.push(() => auth.close());
    const replicas = await Promise.all([1, 2].map(() => startReplica(redis, server, auth.port)));
    closing.push(() => Promise.all(replicas.map((replica) => replica.close())));
    const bases = replicas.map(({ base }) => base);

    const sessions: {
      readonly id: string;
      readonly userId: string;
      readonly cookie: string;
      readonly token: string;
      readonly sockets: LiveSocket[];
    }[] = [];
    for (let count = 0; count < people; count++) {
      const first = await signUp(oneOf(bases));
      for (const person of [first, await signIn(oneOf(bases), first.name), await signIn(oneOf(bases), first.name)]) {
        const [, facts = ''] = person.token().split('.');
        const { sub, sid } = JSON.parse(Buffer.from(facts, 'base64url').toString()) as { sub: string; sid: string };
        const sockets = await Promise.all(bases.map((base) => openSocket(base, person.token())));
        sessions.push({ id: sid, userId: sub, cookie: person.cookie(), token: person.token(), sockets });
      }
    }
    const closed = new Set<LiveSocket>();
    for (const socket of sessions.flatMap(({ sockets }) => sockets)) void socket.closed.then(() => closed.add(socket));

    /** What fails here fails as it does for people: nobody knows whether it was done. */
    const attempt = (work: Promise<unknown>) => work.catch(() => undefined);
    const change = () => {
      const { token } = oneOf(sessions);
      const body = {
        symbol: oneOf(symbols),
        quantity: String(Math.ceil(random() * 5) - (random() < 0.4 ? 6 : 0) || 1),
      };
      return attempt(
        callJson(oneOf(bases), 'POST', '/api/v1/profile/coins', body, { authorization: `Bearer ${token}` }),
      );
    };
    let signedOut = 0;
    const signOut = async () => {
      const { cookie } = oneOf(sessions);
      const answer = await callJson(oneOf(bases), 'POST', '/api/v1/auth/logout', undefined, { cookie }).catch(
        () => undefined,
      );
      if (answer?.status === 200) signedOut++;
    };
    const cut = () => oneOf(oneOf(replicas).addresses).cutOne((count) => Math.floor(random() * count));
    const under: Promise<unknown>[] = [];
    for (let step = 0; step < steps; step++) {
      const dice = random();
      if (dice < 0.45) cut();
      else if (dice < 0.97) under.push(change());
      else under.push(signOut());
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await Promise.all(under);
    // Where chance let every one be cut off, one more is asked for.
    const isOneOut = async () => {
      if (signedOut === 0) await signOut();
      return signedOut > 0;
    };
    await eventually('somebody is signed out', isOneOut, 30_000);
    // At last only the connections that publish are away, again and again: notices of these changes are lost.
    const away = setInterval(() => killPublishers(redis), 10);
    for (const { token } of sessions) {
      const headers = { authorization: `Bearer ${token}` };
      await attempt(
        callJson(oneOf(bases), 'POST', '/api/v1/profile/coins', { symbol: oneOf(symbols), quantity: '1' }, headers),
      );
    }
    clearInterval(away);

    const ended = new Set(
      (await server.query<{ id: string }>('select id from sessions where revoked_at is not null', 'auth_db')).map(
        ({ id }) => id,
      ),
    );
    expect(ended.size).toBeGreaterThan(0);
    expect(ended.size).toBeLessThan(sessions.length);
    const held = new Map<string, string>();
    const rows = await server.query<{ user_id: string; line: string }>(
      `select p.id as user_id, p.version || ':' || coalesce(string_agg(c.symbol || ' ' || trim_scale(c.quantity) || ' ' || c.version, ',' order by c.id), '') as line
       from profiles p left join coins c on c.user_id = p.id group by p.id`,
      'profile_db',
    );
    for (const { user_id, line } of rows) held.set(user_id, line);
    const lineOf = (frame: LiveSocket['frames'][number] | undefined) =>
      frame &&
      `${frame.Version}:${frame.Coins.map((coin) => `${coin.Symbol} ${coin.Quantity} ${coin.Version}`).join()}`;
    const wrong = () =>
      sessions.flatMap(({ id, userId, sockets }) =>
        sockets.flatMap((socket, replica) => {
          if (ended.has(id))
            return closed.has(socket) ? [] : [`a socket of an ended session is open at replica ${replica}`];
          if (closed.has(socket)) return [`a socket was closed at replica ${replica} though its session goes on`];
          const shown = lineOf(socket.frames.at(-1));
          return shown === (held.get(userId) ?? '0:')
            ? []
            : [`replica ${replica} shows ${shown} instead of ${held.get(userId)}`];
        }),
      );
    const before = wrong();
    await eventually(`all to be right; at first: ${before.join('; ')}`, () => wrong().length === 0, 120_000);
    const metrics = await Promise.all(replicas.map((replica) => replica.metrics.text()));
    expect(metrics.join('')).toMatch(/redis_connection_losses_total [1-9]/);
  });
});
