import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { createPostgresEventLog, migrationsFolder as eventLogMigrations } from '@tickfolio/lib/event-log/postgres';
import { becomes } from '@tickfolio/lib/kit/becomes';
import { tablesWith } from '@tickfolio/lib/kit/rows-with';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { portfolioTopics } from '@tickfolio/portfolio/app';
import { expect, it } from 'vitest';
import { startAllInOne } from '../kit/all-in-one.js';
import { callJson, signIn, signUp } from '../kit/client.js';

const patienceMs = 60_000;
/** No promise: a busy machine takes its time for each piece. */
const goneWithinMs = 120_000;
const days = (count: number) => count * 86_400_000;

/** Somebody of whom there is something everywhere. @returns what may not be found any more */
const live = async (base: string) => {
  const unique = randomUUID().slice(0, 8);
  const [called, renamed, key] = [`Hoard ${unique}`, `Treasure ${unique}`, `key-of-${unique}`];
  const device = `Needle/${unique}`;
  const { name } = await signUp(base);
  const agent = { 'user-agent': `Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0 ${device}` };
  await callJson(base, 'POST', '/api/v1/auth/login', { name, password: 'correct horse battery' }, agent);
  const person = await signIn(base, name);
  const does = (method: string, path: string, body?: object) =>
    eventually(
      `${method} ${path}`,
      async () => {
        const answer = await person.call(method, path, body, { 'idempotency-key': `${key}-${path}` });
        if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
        return answer.body;
      },
      patienceMs,
      200,
    );
  const money = { asset: 'USDT', quantity: '10' };
  await does('POST', '/api/v1/profile/coins', { symbol: 'btcusdt', quantity: '1.5' });
  const { id } = await does('POST', '/api/v1/portfolios', { name: called, kind: 'paper' });
  await does('PATCH', `/api/v1/portfolios/${id}`, { name: renamed });
  await does('POST', `/api/v1/portfolios/${id}/fund`, money);
  const { portfolios } = (await does('GET', '/api/v1/portfolios')) as {
    readonly portfolios: readonly { readonly id: string; readonly kind: string }[];
  };
  const other = portfolios.find((one) => one.kind === 'paper' && one.id !== id)?.id;
  await does('POST', '/api/v1/transfers', { from: id, to: other, ...money });
  const { token } = await does('POST', `/api/v1/portfolios/${id}/shares`, { amounts: true });
  await does('PUT', '/api/v1/watchlist/ethusdt');
  const socket = await person.connect();
  socket.send(JSON.stringify({ type: 'view', portfolioId: id }));
  await socket.frame(({ PortfolioID }) => PortfolioID === id, patienceMs, 0);
  const values = async () => (await person.call('GET', '/api/v1/profile/value?range=1h')).body.Points as unknown[];
  await eventually('a value was recorded', async () => (await values()).length > 0, 2 * patienceMs, 500);
  const userId = String((await person.call('GET', '/api/v1/profile')).body.ID);
  const words = [name, called, renamed, key, device, String(token)];
  return { person, socket, userId, words, portfolioIds: portfolios.map((one) => one.id) };
};

/** The archive, asked for all that it holds. @returns its tables in which one of the texts stands */
const archiveTablesWith = async (output: string, texts: readonly string[]): Promise<readonly string[]> => {
  const [, address = ''] = /SQL +(http:\/\/\S+)/.exec(output) ?? [];
  const ask = async (query: string) => {
    const answer = await fetch(address, { method: 'POST', body: query });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(text);
    return text.split('\n').filter(Boolean);
  };
  const tables = await ask(
    "SELECT concat(database, '.', name) FROM system.tables WHERE database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema') AND engine NOT LIKE '%View'",
  );
  expect(tables.length).toBeGreaterThan(0);
  const found: string[] = [];
  for (const table of tables) {
    const isThere = texts
      .map((text) => `position(lower(toString(tuple(*))), '${text.toLowerCase()}') > 0`)
      .join(' OR ');
    if (Number((await ask(`SELECT count() FROM ${table} WHERE ${isThere}`))[0]) > 0) found.push(table);
  }
  return found;
};

it('of who is deleted nothing is left in the data folder of the all-in-one run: in no table of any schema, nor in the archive, and in the event log for 30 days', {
  timeout: 4 * goneWithinMs,
}, async () => {
  const folder = await temporaryFolder();
  const run = await startAllInOne(folder.path);
  try {
    await run.process.waitFor(/Ctrl-C stops it/, patienceMs);
    const { person, socket, userId, words, portfolioIds } = await live(run.base);
    const { status, body } = await person.call('DELETE', '/api/v1/account');
    expect(status).toBe(202);
    expect((await socket.closed).code).toBe(4401);
    const stateOf = async () => (await callJson(run.base, 'GET', String(body.link))).body.state;
    await eventually('it is gone everywhere', async () => (await stateOf()) === 'done', goneWithinMs, 500);
    expect(await archiveTablesWith(run.process.output(), [userId, ...portfolioIds, ...words])).toEqual([]);
    expect(await run.process.end('SIGTERM')).toEqual({ code: 0, signal: null });

    // Every place of the folder is looked at here; another one fails until it is.
    const stores = readdirSync(folder.path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(stores.map(({ name }) => name).sort()).toEqual(['.lock', 'clickhouse-simulated', 'databases']);
    const deps = { clock: systemClock, log: silentLogger() };
    const engine = await openPgliteEngine({ ...deps, folder: join(folder.path, 'databases') });
    try {
      const database = await engine.database({ schema: 'events_log', migrationsFolder: eventLogMigrations });
      const holding = (texts: readonly string[]) => tablesWith(database.db, texts, { everySchema: true });
      expect(await holding(words)).toEqual(['events_log.batches']);
      // By ids others are told, for 30 days.
      expect(await holding([userId])).toEqual([
        ...['auth_db.deletions', 'auth_db.erasures', 'auth_db.user_events', 'auth_db.user_streams'],
        'events_log.batches',
        ...['order_service.erased_users', 'order_service.inbox', 'order_service.order_events'],
        ...['portfolio_service.erased_users', 'portfolio_service.inbox', 'portfolio_service.portfolio_events'],
        ...['profile_db.erased_users', 'profile_db.inbox', 'profile_db.profile_events'],
      ]);
      const later = { ...systemClock, now: () => systemClock.now() + days(30) };
      const eventLog = createPostgresEventLog({
        ...{ ...deps, clock: later, database: Promise.resolve(database), metrics: createMetrics('log') },
        topics: async () => portfolioTopics,
        limits: { forgetEveryMs: 50, returnMs: 0 },
      });
      await becomes(async () => (await holding([userId, ...words])).includes('events_log.batches'), false);
      await eventLog.close();
    } finally {
      await engine.close();
    }
  } finally {
    await run.process.end('SIGTERM');
    await folder.remove();
  }
});
