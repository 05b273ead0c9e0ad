import { createServer, type Server, type Socket } from 'node:net';
import { StreamState } from '@tickfolio/gen/market/v1';
import { startTestProxy, type TestProxy } from '@tickfolio/lib/kit/proxy';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Rig, type RigOptions, startRig } from '../kit/rig.js';
import { answerJson, type ScriptedExchange, startScriptedExchange, tradeOf } from '../kit/scripted-exchange.js';

let exchange: ScriptedExchange;
let rig: Rig | undefined;
let proxy: TestProxy | undefined;
let silent: { readonly port: number; close(): void } | undefined;
/** Nobody listens there. */
const closedPort = 9;

/** One that tells its time, too. */
const startExchange = async (port?: number): Promise<ScriptedExchange> => {
  const started = await startScriptedExchange(['btcusdt'], port);
  const { rest } = started;
  started.rest = (path, request, response) => {
    if (path === '/api/v3/time') answerJson(response, { serverTime: Date.now() });
    else rest(path, request, response);
  };
  return started;
};

beforeEach(async () => {
  exchange = await startExchange();
});
afterEach(async () => {
  await rig?.close();
  await proxy?.close();
  silent?.close();
  await exchange.close();
  rig = proxy = silent = undefined;
});

/** Takes connections and says nothing, as behind a firewall that drops. */
const startSilent = async () => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  silent = {
    port: bound !== null && typeof bound === 'object' ? bound.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return silent;
};
const start = async (options: Partial<RigOptions>) => {
  rig = await startRig({
    wsUrl: exchange.wsUrl,
    restUrl: exchange.restUrl,
    ...options,
    limits: { backoffBaseMs: 20, backoffCapMs: 50, ...options.limits },
  });
  const { log } = rig;
  await eventually('symbols', () => log.some(({ msg }) => String(msg).startsWith('the symbol list')));
  return rig;
};
type Readiness = {
  readonly status: string;
  readonly dependencies: Readonly<Record<string, { readonly status: string; readonly reason?: string }>>;
};
const readiness = async ({ app }: Rig) =>
  (await (await fetch(`http://127.0.0.1:${app.operationsPort}/ready`)).json()) as Readiness;
/** Asks for a stream. @returns why it has none, once the reason fits */
const faultOf = async (one: Rig, words: RegExp): Promise<string> => {
  const reader = one.read('aggTrade', ['btcusdt']);
  const detail = () => reader.statuses.findLast(({ symbol }) => symbol === 'btcusdt')?.detail ?? '';
  await eventually(`${words}`, () => words.test(detail()));
  return detail();
};

describe('where the stream port does not answer', () => {
  it('finds the exchange at its other port, and says which one is used', async () => {
    const one = await start({ wsUrl: `ws://127.0.0.1:${closedPort}`, wsFallbackUrl: exchange.wsUrl });
    const reader = one.read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => exchange.connections[0]?.names.has('btcusdt@aggTrade') ?? false);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    const port = new URL(exchange.wsUrl).port;
    const said = one.log.filter(({ msg }) =>
      String(msg).includes(`stream port ${closedPort} does not answer; its port ${port} is used`),
    );
    expect(said).toHaveLength(1);
    expect(await readiness(one)).toMatchObject({ status: 'ready', exchangeStreams: exchange.wsUrl });
    expect(one.app.streamUrl).toBe(exchange.wsUrl);
  });

  it('does not say that the exchange answers where all of it is down, and names its REST interface too', async () => {
    const one = await start({});
    one.read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => exchange.connections.length === 1);
    const { port } = new URL(exchange.wsUrl);
    await exchange.close();
    await eventually('told', async () => (await readiness(one)).dependencies['exchange-rest']?.status === 'down');
    const lost = one.log
      .filter(({ msg }) => msg === 'lost the connection to the exchange')
      .map(({ reason }) => String(reason));
    expect(lost.some((reason) => reason.includes(`stream port ${port} does not answer`))).toBe(true);
    expect(lost.filter((reason) => reason.includes('answers over http'))).toEqual([]);
    const { dependencies } = await readiness(one);
    expect(dependencies['exchange-streams']?.reason).toMatch(
      /^the exchange's stream port \d+ does not answer \(connect ECONNREFUSED/,
    );
    expect(dependencies['exchange-rest']?.reason).toMatch(/^The exchange cannot be reached \(ECONNREFUSED\)/);
    exchange = await startExchange(Number(port));
    await eventually('subscribed again', () => exchange.connections[0]?.names.has('btcusdt@aggTrade') ?? false);
    expect(await readiness(one)).toMatchObject({
      status: 'ready',
      dependencies: { 'exchange-rest': { status: 'ok' } },
    });
  });

  it('goes back to the first where only that one is there later', async () => {
    const one = await start({ wsUrl: exchange.wsUrl, wsFallbackUrl: `ws://127.0.0.1:${closedPort}` });
    one.read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => exchange.connections.length === 1);
    const { port } = new URL(exchange.wsUrl);
    await exchange.close();
    await eventually('both tried', () =>
      one.log.some(({ reason }) =>
        String(reason).includes(`the exchange's stream ports ${port} and ${closedPort} do not answer`),
      ),
    );
    exchange = await startExchange(Number(port));
    await eventually('subscribed again', () => exchange.connections[0]?.names.has('btcusdt@aggTrade') ?? false);
    expect(one.app.streamUrl).toBe(exchange.wsUrl);
  });

  it.each<[string, () => Promise<Partial<RigOptions>>, RegExp]>([
    [
      'nobody listens',
      async () => ({ wsUrl: `ws://127.0.0.1:${closedPort}` }),
      /^the exchange answers over http, but its stream port 9 does not \(connect ECONNREFUSED .*\): a firewall or a proxy\?$/,
    ],
    [
      'a firewall swallows everything',
      async () => ({ wsUrl: `ws://127.0.0.1:${(await startSilent()).port}`, limits: { handshakeTimeoutMs: 100 } }),
      /answers over http, but its stream port \d+ does not \(no answer within 0\.1 s\): a firewall or a proxy\?$/,
    ],
    [
      'a page answers',
      async () => {
        exchange.refuse = { status: 200 };
        return {};
      },
      /its stream port \d+ does not \(the upgrade was answered with HTTP 200\): a firewall or a proxy\?$/,
    ],
    [
      'neither of two does',
      async () => ({ wsUrl: `ws://127.0.0.1:${closedPort}`, wsFallbackUrl: 'ws://127.0.0.1:19' }),
      /answers over http, but neither of its stream ports 9 and 19 does/,
    ],
  ])('says which part is closed: %s', async (_what, options, words) => {
    const one = await start(await options());
    await faultOf(one, words);
    expect(await readiness(one)).toMatchObject({
      status: 'not ready',
      dependencies: {
        'exchange-streams': { status: 'down', reason: expect.stringMatching(words) },
        'exchange-rest': { status: 'ok' },
      },
    });
    expect(
      one.log.some(({ msg, reason }) => msg === 'lost the connection to the exchange' && words.test(String(reason))),
    ).toBe(true);
  });

  it('says the reverse where prices stream and REST does not answer', async () => {
    exchange.rest = (_path, _request, response) => void response.writeHead(200).end('<html>Please sign in</html>');
    rig = await startRig(exchange);
    rig.read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => exchange.connections[0]?.names.has('btcusdt@aggTrade') ?? false);
    expect(await readiness(rig)).toMatchObject({
      status: 'ready',
      dependencies: {
        'exchange-rest': {
          reason: expect.stringMatching(/^prices stream in, but .*: What answers at .* it sent a web page/),
        },
      },
    });
  });

  it('passes on what the exchange says when it refuses the streams', async () => {
    const body = JSON.stringify({
      code: 0,
      msg: "Service unavailable from a restricted location according to 'b. Eligibility' in the terms of use.",
    });
    exchange.refuse = { status: 451, body };
    const one = await start({});
    expect(await faultOf(one, /HTTP 451/)).toBe(
      "the exchange refuses this address (HTTP 451, code 0: Service unavailable from a restricted location according to 'b. Eligibility' in the terms of use)",
    );
  });
});

describe('behind a proxy', () => {
  const startBehind = async (credentials = 'me:secret', given = credentials) => {
    const port = Number(new URL(exchange.restUrl).port);
    proxy = await startTestProxy({
      places: { 'exchange.example.com:80': port, 'exchange.example.com:9443': port },
      credentials,
    });
    const through = new URL(`http://${given}@127.0.0.1:${proxy.port}`);
    return {
      wsUrl: 'ws://exchange.example.com:9443',
      restUrl: 'http://exchange.example.com',
      proxies: { http: through, https: undefined, except: undefined },
    };
  };

  it('both its parts reach the exchange', async () => {
    const one = await start(await startBehind());
    const reader = one.read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => exchange.connections[0]?.names.has('btcusdt@aggTrade') ?? false);
    exchange.publish('btcusdt@aggTrade', tradeOf('btcusdt', 1));
    await eventually('live', () => reader.stateOf('btcusdt') === StreamState.STREAM_STATE_LIVE);
    expect(new Set(proxy?.asked)).toEqual(new Set(['exchange.example.com:80', 'exchange.example.com:9443']));
    expect(one.log.some(({ proxy: told }) => told === `127.0.0.1:${proxy?.port}`)).toBe(true);
    expect(JSON.stringify(one.log)).not.toContain('secret');
  });

  it('that lets port 443 through only, the other port is used', async () => {
    const options = await startBehind();
    if (proxy) proxy.refuse = (target) => (target.endsWith(':9443') ? 403 : undefined);
    const one = await start({ ...options, wsFallbackUrl: 'ws://exchange.example.com' });
    one.read('aggTrade', ['btcusdt']);
    await eventually('subscribed', () => exchange.connections[0]?.names.has('btcusdt@aggTrade') ?? false);
    expect(one.app.streamUrl).toBe('ws://exchange.example.com');
  });

  it.each([
    [
      403,
      /but its stream port 9443 does not \(the proxy 127\.0\.0\.1:\d+ does not let us through to exchange\.example\.com:9443 \(HTTP 403\)\)/,
    ],
    [503, /\(the proxy 127\.0\.0\.1:\d+ answered HTTP 503 instead of letting us through/],
  ])('that refuses with %i, it is blamed, not the exchange', async (status, words) => {
    const options = await startBehind();
    if (proxy) proxy.refuse = (target) => (target.endsWith(':9443') ? status : undefined);
    const one = await start(options);
    await faultOf(one, words);
  });

  it('that does not take the password, REST and streams say so', async () => {
    rig = await startRig({
      ...(await startBehind('me:secret', 'me:wrong')),
      limits: { backoffBaseMs: 20, backoffCapMs: 50 },
    });
    await faultOf(rig, /does not take the user and password .* \(HTTP 407\)/);
    expect(await readiness(rig)).toMatchObject({
      dependencies: {
        'exchange-rest': {
          reason: expect.stringMatching(/^The exchange cannot be reached \(the proxy .*\(HTTP 407\)\)/),
        },
      },
    });
  });
});
