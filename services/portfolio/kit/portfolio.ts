import { randomUUID } from 'node:crypto';
import { EventServiceClient, type Portfolio, PortfolioServiceClient } from '@tickfolio/gen/portfolio/v1';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { type PortfolioLimits, portfolioTopics, startPortfolio } from '../app.js';
import { createFakeAccounts } from './accounts.js';
import { createFakeSocket } from './listed-symbols.js';

/** The reason of a refusal, or its code where that has none closer; `done` where there is none. */
export const reasonOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (err: unknown) => {
      if (!(err instanceof AppError)) return String(err);
      return err.problem ?? err.fields[0]?.reason ?? err.code;
    },
  );

const found = ({ portfolio }: { readonly portfolio: Portfolio | undefined }): Portfolio => {
  if (!portfolio) throw new Error('no portfolio');
  return portfolio;
};

interface Said {
  readonly name?: string;
  readonly kind?: string;
  readonly baseCurrencyCode?: string;
  readonly costMethod?: string;
  readonly feeAsset?: string;
}

/**
 * The service on free ports, with clients of its own.
 *
 * @param accounts of a database that several share: what it has read of them is not there again
 */
export const startTestPortfolio = async (
  postgres: Postgres,
  limits: Partial<PortfolioLimits> = {},
  clock: ManualClock = createManualClock(Date.UTC(2026, 10, 29)),
  accounts = createFakeAccounts(clock.now),
  exchange = createFakeSocket('BTC/USDT', 'ETH/USDT', 'BNB/USDT', '币安人生/USDT', '1000_A.B-C/USDT'),
) => {
  const log = createLogger('portfolio', 'trace', () => undefined);
  const address = { host: '127.0.0.1', port: 0 };
  const eventLog = createMemoryEventLog({
    clock,
    log,
    metrics: createMetrics('log'),
    topics: portfolioTopics,
  });
  const deps = {
    postgres,
    eventLog,
    accounts: accounts.list,
    socket: exchange.socket,
    clock,
    time: timeOf(clock),
    log,
    metrics: createMetrics('portfolio'),
  };
  const app = await startPortfolio(deps, { address, operationsAddress: address, paperGrant: '10000', limits });
  const client = createGrpcClient(PortfolioServiceClient, `127.0.0.1:${app.port}`);
  const events = createGrpcClient(EventServiceClient, `127.0.0.1:${app.port}`);
  const options = { deadlineMs: 60_000, waitForReady: true };
  const unsaid = { name: undefined, baseCurrencyCode: undefined, costMethod: undefined, feeAsset: undefined };
  /** @param simulatedPrices as the caller says it */
  const as = (userId: string, simulatedPrices: boolean | 'unknown' = false) => {
    const owner = { userId, simulatedPrices: simulatedPrices === 'unknown' ? undefined : simulatedPrices };
    return {
      userId,
      create: async (
        { name = 'Mine', kind = 'tracking', baseCurrencyCode, costMethod }: Said = {},
        idempotencyKey = '',
      ) => {
        const request = { owner, name, kind, baseCurrencyCode, costMethod, idempotencyKey };
        return found(await callUnary(client, client.create, request, options));
      },
      list: (page: { readonly archived?: boolean; readonly limit?: number; readonly cursor?: string } = {}) =>
        callUnary(client, client.list, { owner, archived: false, limit: 100, cursor: '', ...page }, options),
      get: async (portfolioId: string) => found(await callUnary(client, client.get, { owner, portfolioId }, options)),
      update: async (portfolioId: string, said: Said) =>
        found(await callUnary(client, client.update, { owner, portfolioId, ...unsaid, ...said }, options)),
      fund: (portfolioId: string, quantity: string, idempotencyKey: string = randomUUID(), asset = 'USDT') =>
        callUnary(client, client.fund, { owner, portfolioId, asset, quantity, idempotencyKey }, options),
      transfer: (fromPortfolioId: string, toPortfolioId: string, quantity: string, networkFee = '', asset = 'USDT') => {
        const ends = { fromPortfolioId, toPortfolioId };
        const request = { owner, ...ends, asset, quantity, networkFee, idempotencyKey: randomUUID() };
        return callUnary(client, client.transfer, request, options);
      },
      balances: (portfolioId: string) => callUnary(client, client.getBalances, { owner, portfolioId }, options),
      archive: async (portfolioId: string) =>
        found(await callUnary(client, client.archive, { owner, portfolioId }, options)),
    };
  };
  const listEvents = async (stream: string) => {
    const asked = { stream: { name: stream, fromVersion: 1 }, all: undefined, limit: 500 };
    const page = await callUnary(events, events.listEvents, asked, options);
    return page.events.map((text) => JSON.parse(text) as { version: number; type: string; data: object });
  };
  const positions = (after: string, limit: number) => callUnary(client, client.positions, { after, limit }, options);
  return {
    app,
    clock,
    positions,
    /** Says what happened to an account, as auth does. */
    tell: (...of: Parameters<typeof accounts.tell>) => eventLog.append(userEvents.name, [accounts.tell(...of)]),
    eventLog,
    exchange: exchange.state,
    as,
    /** Somebody new. */
    somebody: (simulatedPrices: boolean | 'unknown' = false) => as(randomUUID(), simulatedPrices),
    listEvents,
    ready: async () => (await fetch(`http://127.0.0.1:${app.operationsPort}/ready`)).status,
    /** What is wrong with a dependency, in words; undefined when it is well. */
    faultOf: async (name: string) => {
      const answer = await fetch(`http://127.0.0.1:${app.operationsPort}/ready`);
      const { dependencies } = (await answer.json()) as { dependencies: Record<string, { reason?: string }> };
      return dependencies[name]?.reason;
    },
    close: async () => {
      client.close();
      events.close();
      await app.close();
    },
  };
};
