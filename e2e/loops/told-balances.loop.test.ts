import { randomUUID } from 'node:crypto';
import { migrationsFolder as authMigrations, startAuth } from '@tickfolio/auth/app';
import {
  type AggregatorClient,
  createNeighbours,
  gatewayTopics,
  migrationsFolder as profileMigrations,
  startBff,
  targetsOf,
} from '@tickfolio/bff/app';
import { EventServiceClient } from '@tickfolio/gen/auth/v1';
import { systemClock as clock } from '@tickfolio/lib/clock';
import { createKafkaEventLog } from '@tickfolio/lib/event-log/kafka';
import { startTestKafka, type TestKafka } from '@tickfolio/lib/kit/kafka';
import { patience, shareTestPostgres, type TestPostgres } from '@tickfolio/lib/kit/postgres';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { createCircuitMetrics } from '@tickfolio/lib/telemetry/circuit-metrics';
import {
  migrationsFolder as portfolioMigrations,
  portfolioTopics,
  type SocketClient,
  startPortfolio,
} from '@tickfolio/portfolio/app';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LiveSocket, openSocket, signUp, type TestPerson } from '../kit/client.js';

// Changes of balances on their whole way: rows of a real PostgreSQL, a real Kafka, a group of each gateway, sockets.

/** Kafka is started anew, and those who read it find it again. */
const withinMs = 120_000;
const perRound = 25;
const jwtSecret = 'a secret of this test only, and long enough';
const loopback = { host: '127.0.0.1', port: 0 };
const log = silentLogger();
/** One for each change, so that each is of a balance of its own and none is left out for a newer one. */
const symbols = Array.from({ length: 400 }, (_, at) => `c${at}usdt`);
const aggregator: AggregatorClient = {
  demand: async () => ({ symbolsRevision: 'test', simulated: false, feeds: new Map(), lastPrices: new Map() }),
  symbols: async () => ({
    ...{ revision: 'test', simulated: false },
    symbols: symbols.map((symbol) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' })),
  }),
};
const nothingListed: SocketClient = {
  symbols: async () => ({ revision: 'test', simulated: false, symbols: [] }),
  check: async () => undefined,
};

/** Accounts and portfolios, and gateways before them, on servers. */
const startServices = async ({ brokers }: TestKafka, server: TestPostgres) => {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const own = <T extends { close(): unknown }>(one: T): T => {
    closing.push(() => one.close());
    return one;
  };
  const { host, port, user, password } = server;
  const open = async (name: string, migrationsFolder: string) => {
    const address = { host, port, user, password, database: name };
    return own(await openServerPostgres({ ...address, ...patience, migrationsFolder, log, clock }));
  };
  const logOf = (clientId: string, topics: typeof portfolioTopics) =>
    own(createKafkaEventLog({ brokers, clientId, topics, clock, log, metrics: createMetrics('log') }));
  // Of this test alone: the server is shared.
  const ending = randomUUID().slice(0, 8);
  const names = ['auth', 'portfolio', 'profile'].map((name) => `${name}_${ending}`) as [string, string, string];
  for (const name of names) await server.createDatabase(name);
  const [accounts, books, profiles] = names;
  const auth = own(
    await startAuth(
      {
        ...{ postgres: await open(accounts, authMigrations), eventLog: logOf('auth', portfolioTopics) },
        ...{ clock, log, metrics: createMetrics('auth') },
      },
      { address: loopback, jwtSecret, holders: ['auth', 'bff', 'portfolio'] },
    ),
  );
  const about = { clock, log, metrics: createMetrics('portfolio') };
  const told = own(connectOwner(EventServiceClient, { ...about, target: `127.0.0.1:${auth.port}` }));
  const portfolio = own(
    await startPortfolio(
      {
        ...{
          ...about,
          postgres: await open(books, portfolioMigrations),
          eventLog: logOf('portfolio', portfolioTopics),
        },
        ...{ accounts: told.list, socket: nothingListed },
      },
      { address: loopback, paperGrant: '0' },
    ),
  );
  const ports: Readonly<Record<string, number>> = { auth: auth.port, portfolio: portfolio.port };
  const pubsub = createMemoryPubSub();
  const startGateway = async (): Promise<string> => {
    const metrics = createMetrics('bff');
    const neighbours = own(
      createNeighbours(
        { clock, metrics, observeCircuit: createCircuitMetrics(metrics) },
        targetsOf((name) => `127.0.0.1:${ports[name] ?? auth.port}`),
      ),
    );
    const postgres = await open(profiles, profileMigrations);
    const eventLog = logOf('bff', gatewayTopics);
    const bff = own(
      await startBff(
        {
          ...{ postgres, neighbours, aggregator, priceBus: createPriceBus(pubsub), pubsub, eventLog },
          ...{ clock, log, metrics },
        },
        { address: loopback, jwtSecret, secureCookie: false, maxAuthCalls: 10_000 },
      ),
    );
    return `http://127.0.0.1:${bff.port}`;
  };
  return {
    startGateway,
    /** What `profile_db` has. */
    ask: <Row extends Record<string, unknown>>(text: string) => server.query<Row>(text, profiles),
    close: async () => {
      for (const close of closing.reverse()) await close();
    },
  };
};

const kafka = await startTestKafka();
const server = await shareTestPostgres();
afterAll(() => kafka?.close());

describe.runIf(kafka && server)('changes of balances on real servers', () => {
  if (!kafka || !server) return; // NOT COVERED was said.
  let services: Awaited<ReturnType<typeof startServices>>;
  let gateways: string[];
  let person: TestPerson;
  const sockets: LiveSocket[] = [];
  afterAll(async () => {
    for (const socket of sockets) socket.close();
    await services?.close();
  });

  interface Change {
    readonly Via: string;
    readonly Version: number;
    readonly Available: string;
  }
  /** In the order in which they were made. */
  const made: Change[] = [];
  let next = 0;
  /** Owns a little more of something else, at one of the gateways after the other. */
  const change = async (): Promise<void> => {
    const symbol = symbols[next] ?? '';
    const quantity = `${next + 1}.000000000000000001`;
    const base = gateways[next % gateways.length] ?? '';
    next += 1;
    const answer = await fetch(`${base}/api/v1/profile/coins`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${person.token()}` },
      body: JSON.stringify({ symbol, quantity }),
    });
    const body = (await answer.json()) as { readonly Version: number };
    expect([answer.status, body]).toMatchObject([200, {}]);
    made.push({ Via: symbol, Version: body.Version, Available: quantity });
  };
  const changes = async (count: number) => {
    for (let one = 0; one < count; one++) await change();
  };
  const listen = async (base: string) => {
    const socket = await openSocket(base, person.token());
    sockets.push(socket);
    socket.send(JSON.stringify({ type: 'subscribe', channels: ['balances'] }));
    await eventually('subscribed', () => socket.messages.some(({ Type }) => Type === 'subscribed'), withinMs);
    return {
      told: (): Change[] =>
        socket.messages.flatMap((message) =>
          message.Type === 'balance'
            ? [{ Via: message.Via, Version: message.Version, Available: message.Available }]
            : [],
        ),
      resyncs: () => socket.messages.filter(({ Type }) => Type === 'resync').length,
      forget: () => {
        socket.messages.length = 0;
      },
    };
  };
  type Listener = Awaited<ReturnType<typeof listen>>;
  const heard = (listener: Listener, wanted: readonly Change[]) =>
    expect.poll(listener.told, { timeout: withinMs }).toEqual(wanted);
  /** A group begins at the newest, some time after its gateway: something is changed until that is told. */
  const begun = async (listener: Listener) => {
    await eventually(
      'the gateway has begun to read',
      async () => {
        await change();
        return listener.told().length > 0;
      },
      withinMs,
      500,
    );
  };
  const listeners: Listener[] = [];

  beforeAll(async () => {
    services = await startServices(kafka, server);
    gateways = [await services.startGateway(), await services.startGateway()];
    person = await signUp(gateways[0] ?? '');
    // What is owned is kept by the portfolio service from here on.
    const isKept = async () => {
      const rows = await services.ask('select 1 from profiles where adopted_at is not null');
      return rows.length > 0;
    };
    await eventually(
      'the portfolio service keeps what is owned',
      async () => (await person.addCoin('c399usdt', '1')).status === 200 && (await isKept()),
      withinMs,
      200,
    );
    for (const base of gateways) listeners.push(await listen(base));
    for (const listener of listeners) await begun(listener);
    // Each hears the last of those too, before it forgets what it heard.
    const last = made.at(-1)?.Via;
    const isLast = (listener: Listener) => listener.told().at(-1)?.Via === last;
    await eventually('all have heard the last', () => listeners.every(isLast), withinMs);
    made.length = 0;
    for (const listener of listeners) listener.forget();
  }, 3 * withinMs);

  it('are heard once each by the sockets of every gateway, wherever they were made, with the version of their answer', async () => {
    await changes(perRound);
    for (const listener of listeners) await heard(listener, made);
    expect(listeners.map(({ resyncs }) => resyncs())).toEqual([0, 0]);
  });

  it('are heard once each where Kafka was killed (-9) and came back, also those that were made meanwhile', {
    timeout: 3 * withinMs,
  }, async () => {
    for (let round = 0; round < 2; round++) {
      // Some are on their way when it dies.
      await changes(5);
      await kafka.kill();
      await changes(perRound);
      await kafka.restart();
      await changes(5);
      for (const listener of listeners) await heard(listener, made);
    }
    expect(listeners.map(({ resyncs }) => resyncs())).toEqual([0, 0]);
  });

  it('of before are not told by a gateway that starts later, and those of after it once each, as by the others', {
    timeout: 3 * withinMs,
  }, async () => {
    const before = made.length;
    gateways.push(await services.startGateway());
    const late = await listen(gateways.at(-1) ?? '');
    await begun(late);
    await changes(perRound);
    for (const listener of listeners) await heard(listener, made);
    // It heard nothing for as long as its group had not begun, and from then on all.
    const first = made.findIndex(({ Via }) => Via === late.told()[0]?.Via);
    expect(first).toBeGreaterThanOrEqual(before);
    await heard(late, made.slice(first));
    expect(made.length - first).toBeGreaterThan(perRound);
  });
});
