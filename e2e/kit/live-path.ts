import { createSocketClient, startAggregator } from '@tickfolio/aggregator/app';
import { createAggregatorClient, startBff } from '@tickfolio/bff/app';
import { playedNeighbours } from '@tickfolio/bff/kit/neighbours';
import { standInAuth } from '@tickfolio/bff/kit/stand-in-auth';
import type { ExchangeSim } from '@tickfolio/exchange-sim/app';
import { signAccessToken } from '@tickfolio/lib/access-token';
import { type Clock, systemClock } from '@tickfolio/lib/clock';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import type { Postgres } from '@tickfolio/lib/postgres';
import { createPriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { startSocket } from '@tickfolio/socket/app';
import { callJson, type LiveSocket, openSocket } from './client.js';

const jwtSecret = 'a secret of the tests only, and long enough';
const loopback = { host: '127.0.0.1', port: 0 };

/**
 * The services on the way of a price in this process, with real gRPC, HTTP and WebSocket between them, and a price bus
 * that forgets.
 */
export interface LivePath {
  /** Starts the BFF anew, with another clock; the others go on. */
  restartBff(clock: Clock): Promise<void>;
  call(userId: string, method: string, path: string, body?: unknown): ReturnType<typeof callJson>;
  watch(userId: string): Promise<LiveSocket>;
  close(): Promise<void>;
}

export interface LivePathOptions {
  readonly sim: ExchangeSim;
  /** `profile_db`, which outlives the services. */
  readonly postgres: Postgres;
}

const neighbours = playedNeighbours({ auth: standInAuth });

export const startLivePath = async ({ sim, postgres }: LivePathOptions): Promise<LivePath> => {
  const log = silentLogger();
  const parts = (service: string) => ({ clock: systemClock, log, metrics: createMetrics(service) });
  const pubsub = createMemoryPubSub();
  const priceBus = createPriceBus(pubsub);
  const eventLog = createMemoryEventLog({ ...parts('event-log'), firstOffset: 0 });
  const socket = await startSocket(parts('socket'), {
    address: loopback,
    exchangeWsUrl: sim.url,
    exchangeRestUrl: sim.restUrl,
    limits: { symbolsRefreshMs: 300, drainMs: 200, closeMs: 200 },
  });
  const socketClient = createSocketClient({ clock: systemClock, target: `127.0.0.1:${socket.port}` });
  const aggregator = await startAggregator(
    { ...parts('aggregator'), priceBus, eventLog, socket: socketClient },
    { address: loopback, symbolList: { refreshMs: 100 } },
  );
  const client = createAggregatorClient({ baseUrl: `http://127.0.0.1:${aggregator.port}` });
  let clock = systemClock;
  const openBff = () =>
    startBff(
      { ...parts('bff'), clock, postgres, neighbours, aggregator: client, priceBus, pubsub, eventLog },
      { address: loopback, jwtSecret, secureCookie: false, demandPeriodMs: 100, closeSpreadMs: 50 },
    );
  let bff = await openBff();
  const base = () => `http://127.0.0.1:${bff.port}`;
  const tokenOf = (userId: string) =>
    signAccessToken({ secret: jwtSecret, clock }, { userId, userName: userId, sessionId: userId }, 900_000).token;
  return {
    restartBff: async (next) => {
      await bff.close();
      clock = next;
      bff = await openBff();
    },
    call: (userId, method, path, body) =>
      callJson(base(), method, path, body, { authorization: `Bearer ${tokenOf(userId)}` }),
    watch: (userId) => openSocket(base(), tokenOf(userId)),
    close: async () => {
      await bff.close();
      await aggregator.close();
      socketClient.close();
      await socket.close();
      await eventLog.close();
      await pubsub.close();
    },
  };
};
