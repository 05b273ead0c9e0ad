import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { migrationsFolder as authMigrations, startAuth } from '@tickfolio/auth/app';
import { AccountServiceClient, EventServiceClient as AuthEvents, AuthServiceClient } from '@tickfolio/gen/auth/v1';
import { type AdoptedCoin, HoldingServiceClient } from '@tickfolio/gen/portfolio/v1/holding';
import { createManualClock, systemClock } from '@tickfolio/lib/clock';
import { createPostgresEventLog, migrationsFolder as logMigrations } from '@tickfolio/lib/event-log/postgres';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { connectOwner } from '@tickfolio/lib/outbox/inbox';
import { timeOf } from '@tickfolio/lib/postgres';
import { openPgliteEngine, type Turn } from '@tickfolio/lib/postgres/pglite';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { migrationsFolder as portfolioMigrations, portfolioTopics, startPortfolio } from '@tickfolio/portfolio/app';

const address = { host: '127.0.0.1', port: 0 };
/** No promise: a busy machine may take that long for what takes milliseconds. */
const patienceMs = 120_000;
const called = { deadlineMs: patienceMs, waitForReady: true };
/** Once more where a connection ended in its middle. */
const patiently = async <T>(work: () => Promise<T>): Promise<T> =>
  (await eventually('it is answered', async () => ({ answer: await work() }), patienceMs)).answer;
const hourMs = 3_600_000;
const password = 'correct horse battery';
/** Next to nothing: this is about the database. */
const passwordCost = { memoryKib: 8, passes: 1, lanes: 1 };
/** Few enough that each day more come. */
const maxMessages = 1_000;

export interface Person {
  readonly name: string;
  readonly userId: string;
}

/** Of one table with its indexes. */
export interface TableSize {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Of the rows alone. */
  readonly rowBytes: number;
  readonly indexes: number;
}

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );

/**
 * Accounts, portfolios and the event log on the one embedded database of a run, at a time that the test moves.
 * @param watch told of every turn at the database
 */
export const openOneDatabase = async (folder: string, watch: (turn: Turn) => void) => {
  const clock = createManualClock(Date.UTC(2026, 10, 29));
  const log = silentLogger();
  // What is waited for takes its own time; what is done now and then follows the day.
  const engine = await openPgliteEngine({
    folder,
    log,
    watch,
    waitTimeoutMs: patienceMs,
    clock: { ...systemClock, every: clock.every },
  });
  const open = (schema: string, migrationsFolder: string) => engine.database({ schema, migrationsFolder });
  const [accounts, portfolios, messages] = [
    await open('auth_db', authMigrations),
    await open('portfolio_service', portfolioMigrations),
    await open('events_log', logMigrations),
  ];
  const about = (name: string) => ({ clock, time: timeOf(clock), log, metrics: createMetrics(name) });
  const eventLog = createPostgresEventLog({
    ...about('event-log'),
    database: Promise.resolve(messages),
    topics: async () => portfolioTopics,
    limits: { maxMessages },
  });
  const limits = { relayPollMs: 5_000, healthPeriodMs: hourMs, cleanupPeriodMs: hourMs };
  const jwtSecret = randomBytes(32).toString('hex');
  const auth = await startAuth(
    { ...about('auth'), postgres: accounts, eventLog },
    { address, jwtSecret, holders: ['auth', 'portfolio'], passwordCost, limits },
  );
  const authTarget = `${address.host}:${auth.port}`;
  const owner = connectOwner(AuthEvents, { clock: systemClock, target: authTarget });
  const nothingListed = {
    symbols: async () => ({ revision: 'r', simulated: false, symbols: [] }),
    check: async () => undefined,
  };
  const portfolio = await startPortfolio(
    { ...about('portfolio'), postgres: portfolios, eventLog, accounts: owner.list, socket: nothingListed },
    { address, paperGrant: '0', limits: { ...limits, auditPeriodMs: hourMs } },
  );
  const portfolioTarget = `${address.host}:${portfolio.port}`;
  const authClient = createGrpcClient(AuthServiceClient, authTarget);
  const accountClient = createGrpcClient(AccountServiceClient, authTarget);
  const holdingClient = createGrpcClient(HoldingServiceClient, portfolioTarget);
  const from = { clientAddress: '', userAgent: '' };
  const ownerOf = ({ userId }: Person) => ({ userId, simulatedPrices: false });
  const signIn = async ({ name }: Pick<Person, 'name'>) => {
    const { tokens } = await callUnary(authClient, authClient.login, { name, password, ...from }, called);
    if (!tokens) throw new Error('no tokens');
    return tokens;
  };
  const ask = async <Row>(text: string): Promise<Row[]> => (await engine.session.query(text)).rows as Row[];
  return {
    clock,
    ask,
    begin: () => callUnary(holdingClient, holdingClient.beginAdoption, { highestId: 1_000_000 }, called),
    register: async (name: string): Promise<Person> => {
      const asked = { name, password, idempotencyKey: randomUUID(), withRecoveryCodes: false, ...from };
      return {
        name,
        userId: (await patiently(() => callUnary(authClient, authClient.register, asked, called))).userId,
      };
    },
    signIn,
    /** Opens a session, is given another token, and ends it. */
    comeAndGo: (person: Person) =>
      patiently(async () => {
        const { refreshToken } = await signIn(person);
        const { tokens } = await callUnary(authClient, authClient.refreshToken, { refreshToken, ...from }, called);
        await callUnary(authClient, authClient.logout, { refreshToken: tokens?.refreshToken ?? '', ...from }, called);
      }),
    change: (person: Person, by: string) => {
      const what = { symbol: 'btcusdt', asset: 'BTC', by, idempotencyKey: randomUUID(), observedPrice: undefined };
      const asked = { owner: ownerOf(person), portfolioId: 'default', heardVersion: 0, onlyRepeat: false, ...what };
      return patiently(() => callUnary(holdingClient, holdingClient.changeCoin, asked, called));
    },
    adopt: (person: Person, coins: AdoptedCoin[]) =>
      patiently(() => callUnary(holdingClient, holdingClient.adoptHoldings, { owner: ownerOf(person), coins }, called)),
    leave: async (person: Person) => {
      const { accessToken } = await patiently(() => signIn(person));
      const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as {
        sid: string;
      };
      const asker = { userId: person.userId, sessionId: claims.sid, ...from };
      await callUnary(accountClient, accountClient.deleteAccount, { asker, linkToken: '' }, called);
    },
    sizes: async (): Promise<TableSize[]> => {
      const names = await ask<{ name: string }>(
        `select format('%I.%I', schemaname, tablename) as name from pg_tables
          where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
      );
      const sizes: TableSize[] = [];
      for (const { name } of names) {
        const [found] = await ask<Omit<TableSize, 'name'>>(
          `select count(*)::int as rows, pg_total_relation_size('${name}')::int as bytes,
            coalesce(sum(pg_column_size(one.*)), 0)::int as "rowBytes",
            (select count(*)::int from pg_index where indrelid = '${name}'::regclass) as indexes from ${name} one`,
        );
        if (found) sizes.push({ name, ...found });
      }
      return sizes;
    },
    /** Of the log of the database, and of all else in the folder. */
    folderBytes: () => {
      const log = bytesIn(join(folder, 'data', 'pg_wal'));
      return { log, rest: bytesIn(folder) - log };
    },
    close: async () => {
      for (const client of [authClient, accountClient, holdingClient]) client.close();
      await portfolio.close();
      owner.close();
      await auth.close();
      await eventLog.close();
      await engine.close();
    },
  };
};
