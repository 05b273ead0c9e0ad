import { randomBytes } from 'node:crypto';
import { AccountServiceClient, AuthServiceClient, type TokenPair } from '@tickfolio/gen/auth/v1';
import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMemoryEventLog } from '@tickfolio/lib/event-log/memory';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { callUnary, createGrpcClient } from '@tickfolio/lib/grpc';
import { type DatabaseTime, type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import type { PasswordCost } from '../accounts/password-hasher.js';
import { type AuthLimits, type AuthOptions, startAuth } from '../app.js';

export const jwtSecret = randomBytes(32).toString('hex');
export const password = 'correct horse battery';
/** Next to nothing, for tests that are not about what a hash takes. */
export const cheapHashes: PasswordCost = { memoryKib: 8, passes: 1, lanes: 1 };

export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (err: unknown) => (err instanceof AppError ? err.code : String(err)),
  );

const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0';

let people = 0;

/** The service with a client of its own, on free ports. */
export const startTestAuth = async (
  postgres: Postgres,
  limits: Partial<AuthLimits> = {},
  clock: ManualClock = createManualClock(),
  time: DatabaseTime = timeOf(clock),
  more: Partial<AuthOptions> = {},
) => {
  const lines: string[] = [];
  const log = createLogger('auth', 'trace', (line) => lines.push(line));
  const address = { host: '127.0.0.1', port: 0 };
  const eventLog = createMemoryEventLog({ clock, log, metrics: createMetrics('log'), topics: [userEvents] });
  const deps = { postgres, eventLog, clock, time, log, metrics: createMetrics('auth') };
  const holders = ['auth', 'bff'];
  const own = { address, operationsAddress: address, jwtSecret, holders, limits, passwordCost: cheapHashes };
  const app = await startAuth(deps, { ...own, ...more });
  const client = createGrpcClient(AuthServiceClient, `127.0.0.1:${app.port}`);
  const account = createGrpcClient(AccountServiceClient, `127.0.0.1:${app.port}`);
  const options = { deadlineMs: 60_000, waitForReady: true };
  const tokensOf = ({ tokens }: { tokens: TokenPair | undefined }): TokenPair => {
    if (!tokens) throw new Error('no tokens');
    return tokens;
  };
  return {
    app,
    eventLog,
    db: postgres.db,
    clock,
    lines,
    client,
    account,
    options,
    name: `Someone-${++people}`,
    register: (name: string, secret = password, clientAddress = '', idempotencyKey = '') =>
      callUnary(
        client,
        client.register,
        { name, password: secret, clientAddress, idempotencyKey, userAgent, withRecoveryCodes: false },
        options,
      ),
    login: async (name: string, secret = password, clientAddress = '') =>
      tokensOf(await callUnary(client, client.login, { name, password: secret, clientAddress, userAgent }, options)),
    refresh: async (refreshToken: string) =>
      tokensOf(await callUnary(client, client.refreshToken, { refreshToken, clientAddress: '', userAgent }, options)),
    logout: (refreshToken: string) =>
      callUnary(client, client.logout, { refreshToken, clientAddress: '', userAgent }, options),
    logoutEverywhere: (userId: string) =>
      callUnary(client, client.logoutEverywhere, { userId, clientAddress: '', userAgent }, options),
    endedSessions: (sinceMs: number, cursor: string) =>
      callUnary(client, client.listEndedSessions, { sinceMs, cursor }, options),
    session: (sessionId: string) => callUnary(client, client.getSession, { sessionId }, options),
    ready: async () => (await fetch(`http://127.0.0.1:${app.operationsPort}/ready`)).status,
    metrics: async () => (await fetch(`http://127.0.0.1:${app.operationsPort}/metrics`)).text(),
    close: async () => {
      client.close();
      account.close();
      await app.close();
    },
  };
};
