import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@tickfolio/lib/clock';
import { createPostgresEventLog, migrationsFolder } from '@tickfolio/lib/event-log/postgres';
import { startProcess } from '@tickfolio/lib/kit/process';
import { temporaryFolder } from '@tickfolio/lib/kit/temporary-folder';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { openPgliteEngine } from '@tickfolio/lib/postgres/pglite';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AllInOne, allInOneEnv, startAllInOne } from '../kit/all-in-one.js';
import { callJson, type LiveSocket, openSocket, type PortfolioFrame, signIn, signUp } from '../kit/client.js';
import { describeDocuments } from '../kit/documents.js';
import { Exact, inventedPrices, tradedPrices, wrongConversion } from '../kit/price-record.js';
import { wrongTotals } from '../kit/totals.js';
import { totpCode } from '../kit/totp.js';

/** Beside other files on a small machine; how soon things come is held where a run is alone, in start.loop.test.ts. */
const patienceMs = 60_000;

/** What the event log of a data folder that nobody uses has of accounts. */
const toldOf = async (dataFolder: string) => {
  const deps = { clock: systemClock, log: silentLogger() };
  const engine = await openPgliteEngine({ ...deps, folder: join(dataFolder, 'databases') });
  const database = engine.database({ schema: 'events_log', migrationsFolder });
  const eventLog = createPostgresEventLog({ ...deps, database, metrics: createMetrics('test') });
  const told: { readonly type: string; readonly data: unknown }[] = [];
  const group = { group: 'test', minBatchMessages: 1, maxBatchMessages: 100, maxBatchWaitMs: 1 };
  const reader = await eventLog.consume('user-events', group, async ({ messages }) => {
    for (const { value } of messages) told.push(JSON.parse(value.toString()));
  });
  await eventually('all is read', async () => (await reader.lag()) === 0);
  await eventLog.close();
  await engine.close();
  return told;
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let one: AllInOne;
beforeAll(async () => {
  folder = await temporaryFolder();
  one = await startAllInOne(folder.path);
});
afterAll(async () => {
  await one?.process.end('SIGTERM');
  await folder?.remove();
});

describe('the all-in-one run shows a portfolio live', () => {
  it('tells where to look, where prices come from, where the data lies, and the first live price', async () => {
    await one.process.waitFor(/first live price.*btcusdt.*\d/i, patienceMs);
    const text = one.process.output();
    expect(text).toContain(folder.path);
    expect(text).toMatch(/simulated/i);
    expect(text).toMatch(/\/api\/v1\/ws/);
  });

  it('serves the journey from sign-up to exact live totals, by header and by subprotocol', async () => {
    const person = await signUp(one.base);
    expect((await person.addCoin('btcusdt', '1.5')).body).toMatchObject({
      Symbol: 'btcusdt',
      Quantity: '1.5',
      DeletedAt: null,
    });
    expect((await person.addCoin('ETHUSDT', '10')).body).toMatchObject({ Symbol: 'ethusdt', Quantity: '10' });
    const sockets = [await person.connect('header'), await person.connect('subprotocol')];
    expect(sockets[1]?.protocol()).toBe('bearer');
    const watch = async (socket: LiveSocket) => {
      const first = await socket.frame(() => true, patienceMs, 0);
      expect(first.Coins.map((coin) => coin.Symbol)).toEqual(['btcusdt', 'ethusdt']);
      expect(first).toMatchObject({ UserName: person.name, Simulated: true });
      await socket.frame((frame) => frame.Coins.every((coin) => coin.Price !== null), patienceMs, 0);
      // That they come at once and then once a second is shown alone, by start.loop.test.ts.
      const enough = socket.frames.length + 5;
      await eventually('five more frames', () => socket.frames.length >= enough, 60_000);
      expect(socket.frames.map(wrongTotals).filter(Boolean)).toEqual([]);
      expect(new Set(socket.frames.map((frame) => frame.TotalValue)).size).toBeGreaterThan(2);
      socket.close();
    };
    await Promise.all(sockets.map(watch));
  });

  it('has portfolios by name, that for paper money at the prices of the run', async () => {
    const person = await signUp(one.base);
    interface Told {
      readonly id: string;
      readonly kind: string;
      readonly simulated: boolean;
      readonly name: string;
    }
    const portfolios = async () => (await person.call('GET', '/api/v1/portfolios')).body.portfolios as Told[];
    await eventually('both', async () => (await portfolios()).length === 2, patienceMs);
    expect((await portfolios()).map(({ kind, simulated }) => [kind, simulated]).sort()).toEqual([
      ['paper', true],
      ['tracking', false],
    ]);
    const made = await person.call('POST', '/api/v1/portfolios', { name: 'Long term', kind: 'tracking' });
    expect([made.status, made.body.name]).toEqual([201, 'Long term']);
    expect((await portfolios()).map(({ name }) => name)).toContain('Long term');
    const other = await signUp(one.base);
    expect((await other.call('GET', `/api/v1/portfolios/${made.body.id}`)).status).toBe(404);
  });

  it('shows paper money on the socket that asks for it, as soon as more is given, and on no other', async () => {
    const person = await signUp(one.base);
    const list = await person.call('GET', '/api/v1/portfolios');
    const paper =
      (list.body.portfolios as { id: string; kind: string }[]).find(({ kind }) => kind === 'paper')?.id ?? '';
    const [socket, other] = [await person.connect(), await person.connect()];
    const ofPaper = ({ PortfolioID }: PortfolioFrame) => PortfolioID === paper;
    socket.send(JSON.stringify({ type: 'view', portfolioId: paper }));
    await socket.frame(ofPaper, patienceMs, 0);
    const fund = (asset: string, quantity: string) =>
      person.call('POST', `/api/v1/portfolios/${paper}/fund`, { asset, quantity });
    const given = await fund('USDT', '500.5');
    expect([given.status, given.body.available]).toEqual([200, '10500.5']);
    const frame = await socket.frame((seen) => ofPaper(seen) && seen.Version === given.body.version, patienceMs, 0);
    expect(frame).toMatchObject({ TotalValue: '0', Coins: [], NetWorth: '10500.5', Simulated: true });
    expect(frame.Cash).toMatchObject([{ Asset: 'USDT', Quantity: '10500.5', Total: '10500.5' }]);
    expect(other.frames.filter(ofPaper)).toEqual([]);
    const told = await person.call('GET', `/api/v1/portfolios/${paper}/balances`);
    expect(told.body).toMatchObject({ version: given.body.version, value: '10500.5' });
    // Valued by its market, which is known from the exchange's list.
    const bitcoin = await eventually('assets are known', async () => {
      const answer = await fund('BTC', '0.5');
      return answer.status === 200 && answer;
    });
    const valued = await socket.frame((seen) => ofPaper(seen) && seen.Version === bitcoin.body.version, patienceMs, 0);
    expect(valued.Coins).toMatchObject([{ Symbol: 'btcusdt', Quantity: '0.5' }]);
    expect(valued.Cash).toMatchObject([{ Asset: 'USDT', Quantity: '10500.5' }]);
    const unknown = await fund('NOSUCH', '1');
    expect([unknown.status, unknown.body.type]).toEqual([422, '/docs/errors/unknown-asset']);
    for (const one of [socket, other]) one.close();
  });

  it('tells each change of paper money to who asked for the channel, as REST has it afterwards, and to nobody else', async () => {
    const [person, stranger] = [await signUp(one.base), await signUp(one.base)];
    const list = await person.call('GET', '/api/v1/portfolios');
    const paper = (list.body.portfolios as { id: string; kind: string }[]).find(({ kind }) => kind === 'paper');
    const [asks, silent, other] = [await person.connect(), await person.connect(), await stranger.connect()];
    for (const socket of [asks, other]) {
      socket.send(JSON.stringify({ type: 'subscribe', channels: ['balances'] }));
      await eventually('subscribed', () => socket.messages.some(({ Type }) => Type === 'subscribed'), patienceMs);
    }
    const given = { asset: 'USDT', quantity: '500.5' };
    const { body } = await person.call('POST', `/api/v1/portfolios/${paper?.id}/fund`, given);
    const isTold = (message: (typeof asks.messages)[number]) =>
      message.Type === 'balance' && message.Version === body.version;
    const told = await eventually('told', () => asks.messages.find(isTold), patienceMs);
    expect(told).toEqual({
      ...{ Type: 'balance', PortfolioID: paper?.id, Version: body.version, Asset: 'USDT', Via: '' },
      ...{ Available: '10500.5', Reserved: '0', Reason: 'fund', Ref: expect.stringMatching(/^posting:/) },
    });
    const balances = await person.call('GET', `/api/v1/portfolios/${paper?.id}/balances`);
    expect(balances.body).toMatchObject({ version: body.version, balances: [{ available: '10500.5' }] });
    // What one owns too, with the version that its answer had.
    const coin = await person.addCoin('btcusdt', '0.25');
    const owned = await eventually(
      'the asset is told',
      () => asks.messages.find((message) => message.Type === 'balance' && message.Via === 'btcusdt'),
      patienceMs,
    );
    expect(owned).toMatchObject({ Version: coin.body.Version, Available: '0.25', Reason: 'manual' });
    expect(silent.messages).toEqual([]);
    expect(other.messages.filter(({ Type }) => Type === 'balance')).not.toContainEqual(
      expect.objectContaining({ PortfolioID: paper?.id }),
    );
    for (const socket of [asks, silent, other]) socket.close();
  });

  it('takes no account with "password" or its own name as the password, in words and in one that programs know', async () => {
    const refused = async (name: string, password: string) => {
      const { status, body } = await callJson(one.base, 'POST', '/api/v1/auth/register', { name, password });
      return { status, errors: body.errors };
    };
    const common = {
      field: 'password',
      message: 'is one of those that are guessed first; choose another',
      reason: 'password-common',
    };
    expect(await refused('weak', 'password')).toEqual({ status: 400, errors: [common] });
    const message = 'must be more than your name or "tickfolio", digits and signs';
    const likeName = { field: 'password', message, reason: 'password-like-name' };
    expect(await refused('Samename', 'samename1')).toEqual({ status: 400, errors: [likeName] });
  });

  it('lets one keep an account: other sessions end, a second factor is asked for, a lost password comes back', async () => {
    const who = { name: `keeper-${Date.now()}`, password: 'correct horse battery' };
    const api = `${one.base}/api/v1`;
    const post = (path: string, body?: unknown, token?: string) =>
      callJson(api, 'POST', path, body, token ? { authorization: `Bearer ${token}` } : {});
    const { recoveryCodes } = (await post('/auth/register', { ...who, recoveryCodes: true })).body as {
      recoveryCodes: string[];
    };
    const login = async () => String((await post('/auth/login', who)).body.accessToken);
    const [token, phone] = [await login(), await login()];
    const statusOf = async (bearer: string) =>
      (await callJson(api, 'GET', '/account/sessions', undefined, { authorization: `Bearer ${bearer}` })).status;
    expect(await statusOf(phone)).toBe(200);
    expect((await post('/account/password', { old: who.password, new: 'another good phrase' }, token)).status).toBe(
      200,
    );
    expect([await statusOf(token), await statusOf(phone)]).toEqual([200, 401]);
    const { secret } = (await post('/account/totp', undefined, token)).body as { secret: string };
    expect((await post('/account/totp/confirm', { code: totpCode(secret) }, token)).status).toBe(200);
    const [recovery = '', second = ''] = recoveryCodes;
    const recovered = await post('/auth/recover', { name: who.name, code: recovery, password: 'a third good phrase' });
    expect([recovered.status, await statusOf(token)]).toEqual([200, 401]);
    const asked = (await post('/auth/login', { name: who.name, password: 'a third good phrase' })).body as {
      secondFactor: { ticket: string };
    };
    const { ticket } = asked.secondFactor;
    expect((await post('/auth/second-factor', { ticket, kind: 'totp', code: '000000' })).status).toBe(401);
    const opened = await post('/auth/second-factor', { ticket, kind: 'recovery-code', code: second });
    const bearer = { authorization: `Bearer ${opened.body.accessToken}` };
    const { entries } = (await callJson(api, 'GET', '/account/log', undefined, bearer)).body as {
      entries: { action: string }[];
    };
    expect(entries.map(({ action }) => action)).toEqual([
      ...['sign-in', 'second-factor-refused', 'account-recovered', 'totp-added', 'password-changed'],
      ...['sign-in', 'sign-in', 'account-created'],
    ]);
  });

  it('values a coin quoted in another asset exactly, at a price of that asset that the exchange itself recorded', async () => {
    const [, simUrl = ''] = await one.process.waitFor(/simulator at (http:\S+)/, 30_000);
    // One holds the asset it is converted through as well, the other does not: who holds it must not matter.
    const [alone, both] = await Promise.all([signUp(one.base), signUp(one.base)]);
    for (const person of [alone, both])
      expect((await person.addCoin('ethbtc', '2.123456789012345678')).status).toBe(200);
    expect((await both.addCoin('btcusdt', '0.5')).status).toBe(200);
    const sockets = await Promise.all([alone.connect(), both.connect()]);
    const isPriced = (frame: PortfolioFrame) => frame.Coins.every(({ Total }) => Total !== null);
    await Promise.all(sockets.map((socket) => socket.frame(isPriced, patienceMs, 0)));
    const settledMs = Date.now() + 2_000; // Until then a price may be the last trade of before, which closes no second.
    const settled = (frames: readonly PortfolioFrame[]) => frames.filter(({ AsOf }) => Date.parse(AsOf) > settledMs);
    await eventually('four frames each', () => sockets.every(({ frames }) => settled(frames).length >= 4), patienceMs);
    for (const { close } of sockets) close(); // A frame that comes while the record is read would be younger than it.
    const conversion = await tradedPrices(simUrl, 'btcusdt');
    for (const { frames } of sockets) {
      expect(
        settled(frames)
          .map((frame) => wrongConversion(frame, 'ethbtc', conversion))
          .filter(Boolean),
      ).toEqual([]);
      for (const symbol of ['ethbtc', 'btcusdt']) expect(await inventedPrices(simUrl, symbol, frames)).toEqual([]);
      // The sum, and by the price in the same frame where there is one.
      for (const { TotalValue, Coins } of settled(frames)) {
        const [ethbtc, btcusdt] = ['ethbtc', 'btcusdt'].map((symbol) => Coins.find((coin) => coin.Symbol === symbol));
        const total = new Exact(ethbtc?.Total ?? 0);
        expect(TotalValue).toBe(total.plus(btcusdt?.Total ?? 0).toFixed());
        if (btcusdt)
          expect(total.toFixed()).toBe(
            new Exact(ethbtc?.Quantity ?? 0)
              .times(ethbtc?.Price ?? 0)
              .times(btcusdt.Price ?? 0)
              .toFixed(),
          );
      }
    }
  });

  it('pushes a change made over REST to the open socket', async () => {
    const person = await signUp(one.base);
    const socket = await person.connect();
    expect((await socket.frame(() => true, patienceMs, 0)).Coins).toEqual([]);
    await person.addCoin('solusdt', '3');
    await socket.frame(
      (frame) => frame.Coins[0]?.Symbol === 'solusdt' && frame.Coins[0].Quantity === '3',
      patienceMs,
      0,
    );
    await person.addCoin('solusdt', '-3');
    await socket.frame((frame) => frame.Coins.length === 0, patienceMs);
    socket.close();
  });

  it('is ready, says that prices are simulated, and serves metrics and the API page', async () => {
    const ready = await callJson(one.base, 'GET', '/ready');
    expect(ready.status).toBe(200);
    expect(ready.body).toMatchObject({ simulated: true, dependencies: { 'event-log': { status: 'ok' } } });
    expect((await callJson(one.base, 'GET', '/health')).status).toBe(200);
    expect(String((await callJson(one.base, 'GET', '/metrics')).body.text)).toContain('tickfolio_bff_');
    expect((await fetch(`${one.base}/docs`)).status).toBe(200);
    expect(JSON.stringify((await callJson(one.base, 'GET', '/docs/json')).body)).toContain(
      'Prices are simulated, not real.',
    );
  });

  it('answers bad input with the documented error and stays up', async () => {
    const person = await signUp(one.base);
    const wrong: [unknown, number][] = [
      ['{"symbol":', 400],
      ['[]', 400],
      [{ symbol: 'btcusdt' }, 400],
      [{ symbol: 'btcusdt', quantity: 1.5 }, 400],
      [{ symbol: 'btcusdt', quantity: '0' }, 400],
      [{ symbol: 'btcusdt', quantity: '1e5' }, 400],
      [{ symbol: 'btcusdt', quantity: `0.${'0'.repeat(18)}1` }, 400],
      [{ symbol: 'btcusd', quantity: '1' }, 422],
      [{ symbol: '../etc', quantity: '1' }, 422],
      [{ symbol: 'btcusdt', quantity: '-1' }, 409],
      [{ symbol: 'btcusdt', quantity: '1', extra: 'x'.repeat(40_000) }, 413],
    ];
    for (const [body, status] of wrong) {
      const answer = await person.call('POST', '/api/v1/profile/coins', body);
      expect([body, answer.status]).toEqual([body, status]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(answer.body).toMatchObject({
        status,
        title: expect.any(String),
        detail: expect.any(String),
        type: expect.any(String),
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*\.(ts|js):\d/);
    }
    expect((await person.call('GET', '/api/v1/profile')).body).toMatchObject({ Coins: [] });
    for (const token of ['', 'x', 'a.b.c', `${person.token()}x`]) {
      expect(
        (await callJson(one.base, 'GET', '/api/v1/profile', undefined, { authorization: `Bearer ${token}` })).status,
      ).toBe(401);
      await expect(openSocket(one.base, token || 'none')).rejects.toThrow(/401/);
    }
    const flooded = await person.connect();
    flooded.send('x'.repeat(200_000));
    expect((await flooded.closed).code).toBe(1009);
    expect((await callJson(one.base, 'GET', '/health')).status).toBe(200);
  });
});

describeDocuments(() => one);

describe('the data folder', () => {
  it('keeps accounts and portfolios over a restart and over kill -9, and is refused to a second run', async () => {
    const person = await signUp(one.base);
    expect((await person.addCoin('btcusdt', '1.5')).status).toBe(200);
    const second = startProcess(process.execPath, ['standalone/dist/bundle/main.js'], allInOneEnv(folder.path));
    expect((await second.ended).code).toBe(1);
    expect(second.output()).toContain(folder.path);
    expect(second.output()).toMatch(/is in use by process \d+, .* DATA_DIR sets it\.\n$/);
    expect(second.output()).not.toMatch(/\n\s+at /);
    expect(await one.process.end('SIGTERM')).toEqual({ code: 0, signal: null });

    one = await startAllInOne(folder.path);
    let back = await signIn(one.base, person.name);
    expect((await back.call('GET', '/api/v1/profile')).body).toMatchObject({
      Name: person.name,
      Coins: [{ Symbol: 'btcusdt', Quantity: '1.5' }],
    });
    expect((await back.addCoin('ethusdt', '10')).status).toBe(200);
    const eventsTold = async () => {
      const text = await (await fetch(`${one.base}/metrics`)).text();
      return Number(/^tickfolio_event_log_events_published_total\{topic="user-events"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    // That of the sign-in above.
    await eventually('the event log has what was told of accounts', async () => (await eventsTold()) > 0);
    await one.process.end('SIGKILL');
    const told = await toldOf(folder.path);
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['user.created', 'user.logged_in']));
    expect(told.filter(({ type }) => type === 'user.created').map(({ data }) => data)).toContainEqual(
      expect.objectContaining({ name: person.name }),
    );

    one = await startAllInOne(folder.path);
    back = await signIn(one.base, person.name);
    const { body } = await back.call('GET', '/api/v1/profile');
    expect(body).toMatchObject({ Coins: [{ Symbol: 'btcusdt' }, { Symbol: 'ethusdt', Quantity: '10' }] });
    // The token of before the kill still opens a socket: its secret lies in the folder too.
    const socket = await openSocket(one.base, person.token());
    expect(
      (await socket.frame((frame) => frame.Coins.every((coin) => coin.Price !== null), patienceMs, 0)).Coins,
    ).toHaveLength(2);
    // The terminal is closed: clients are told to reconnect, as with Ctrl-C.
    expect(await one.process.end('SIGHUP')).toEqual({ code: 0, signal: null });
    expect((await socket.closed).code).toBe(1001);
  });

  it('is not even made when settings are wrong; every fault is named', async () => {
    const elsewhere = join(tmpdir(), `tickfolio-not-made-${process.pid}`);
    const wrong = startProcess(
      process.execPath,
      ['standalone/dist/bundle/main.js'],
      allInOneEnv(elsewhere, { HTTP_PORT: 'eighty', JWT_SECRET: 'short', PRICE_SOURCE: 'moon' }),
    );
    expect((await wrong.ended).code).toBe(1);
    for (const name of ['HTTP_PORT', 'JWT_SECRET', 'PRICE_SOURCE']) expect(wrong.output()).toContain(name);
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('that is no folder is named, with the variable that sets it', async () => {
    const file = join(process.cwd(), 'package.json');
    const wrong = startProcess(process.execPath, ['standalone/dist/bundle/main.js'], allInOneEnv(file));
    expect((await wrong.ended).code).toBe(1);
    expect(wrong.output()).toContain(
      `The data folder cannot be used: EEXIST: file already exists, mkdir '${file}'. DATA_DIR sets it.\n`,
    );
    expect(wrong.output()).not.toMatch(/\n\s+at /);
  });
});
