import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ConfigError, readConfig, z } from '../config/config.js';
import { startTestProxy, type TestProxy } from '../kit/proxy.js';
import { createOutbound, noProxies, type Outbound, ProxyFault, proxyFor, proxyVariables } from './outbound.js';

const read = (env: NodeJS.ProcessEnv) => readConfig('test', z.object(proxyVariables), env);
const settings = (env: NodeJS.ProcessEnv) => {
  const { HTTPS_PROXY: https, HTTP_PROXY: http, NO_PROXY: except } = read(env);
  return { https, http, except };
};
const company = settings({ HTTPS_PROXY: 'http://proxy.example.com:3128', HTTP_PROXY: 'http://plain.example.com:3128' });

describe('who is reached through the proxy', () => {
  it.each([
    ['https://api.binance.com', 'proxy.example.com'],
    ['wss://stream.binance.com:9443', 'proxy.example.com'],
    ['http://api.binance.com', 'plain.example.com'],
    ['ws://203.0.113.7:9443', 'plain.example.com'],
    ['https://[2001:db8::1]:443', 'proxy.example.com'],
  ])('%s is', (address, host) => {
    expect(proxyFor(address, company)?.hostname).toBe(host);
    expect(proxyFor(address, noProxies)).toBeUndefined();
  });

  it.each([
    'http://127.0.0.1:9443',
    'ws://127.9.9.9:9443',
    'http://localhost:8080',
    'https://[::1]:9443',
    'http://[::ffff:127.0.0.1]:80',
    'http://0.0.0.0:8088',
    'http://aggregator:8088',
    'ws://exchange-sim:9443',
    'http://jaeger.tracing.svc:4318',
    'http://jaeger.tracing.svc.cluster.local:4318',
    'https://collector.mine.internal',
    'http://192.168.1.5:9443',
    'http://10.0.0.9:9443',
    'http://172.31.0.1',
    'https://[fd00::1]',
  ])('%s, inside, never is', (address) => {
    expect(proxyFor(address, company)).toBeUndefined();
  });

  it.each([
    ['*', 'https://api.binance.com', true],
    ['binance.com', 'https://api.binance.com', true],
    ['.binance.com', 'https://api.binance.com', true],
    ['*.binance.com', 'https://API.Binance.com.', true],
    ['binance.com', 'https://notbinance.com', false],
    ['other.com, api.binance.com', 'https://api.binance.com', true],
    ['other.com api.binance.com', 'wss://api.binance.com', true],
    ['api.binance.com:9443', 'https://api.binance.com', false],
    ['api.binance.com:9443', 'wss://api.binance.com:9443', true],
    ['api.binance.com:443', 'wss://api.binance.com', true],
    ['203.0.113.0/24', 'https://203.0.113.7', true],
    ['203.0.113.0/24', 'https://203.0.114.7', false],
    ['203.0.113.0/24', 'https://api.binance.com', false],
    ['203.0.113.7', 'https://203.0.113.7', true],
    ['2001:db8::1', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    ['2001:db8::/32', 'https://[2001:db8::1]', true],
    ['2001:db8::/999, ,:', 'https://[2001:db8::1]', false],
  ])('NO_PROXY=%s excepts %s: %s', (except, address, isExcepted) => {
    expect(proxyFor(address, { ...company, except }) === undefined).toBe(isExcepted);
  });

  it('a proxy is written with or without its scheme; anything else is refused by name, without telling a password', () => {
    expect(read({ HTTPS_PROXY: 'proxy.example.com:3128', http_proxy: 'https://a:b@proxy.example.com' })).toMatchObject({
      HTTPS_PROXY: { host: 'proxy.example.com:3128' },
      http_proxy: { username: 'a', protocol: 'https:' },
    });
    const wrong = {
      HTTPS_PROXY: 'socks5://me:s3cret@proxy:1080',
      https_proxy: 'http://me:s3cret%@proxy:1',
      HTTP_PROXY: 'http://',
    };
    const faults = (() => {
      try {
        read(wrong);
      } catch (err) {
        if (err instanceof ConfigError) return err.faults;
      }
      return [];
    })();
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy']);
    expect(faults.join()).not.toContain('s3cret');
  });
});

describe('through a proxy that knows CONNECT', () => {
  const name = 'exchange.example.com';
  let target: Server;
  let proxy: TestProxy;
  let outbound: Outbound;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  const startWith = async (credentials = '', given = credentials) => {
    const { port } = target.address() as AddressInfo;
    proxy = await startTestProxy({ places: { [`${name}:80`]: port }, ...(credentials ? { credentials } : {}) });
    const [, user, password] = /^(.*?):(.*)$/.exec(given)?.map(encodeURIComponent) ?? [];
    outbound = createOutbound(
      settings({ HTTP_PROXY: `http://${user ? `${user}:${password}@` : ''}127.0.0.1:${proxy.port}` }),
    );
  };
  const call = async () => (await outbound.fetch(`http://${name}/x`, { headers: { accept: 'text/plain' } })).text();
  const connect = (signal?: AbortSignal) =>
    new Promise<string>((resolve) => {
      const agent = outbound.agentFor(`ws://${name}`, signal ? { signal } : {});
      const socket = new WebSocket(`ws://${name}`, agent ? { agent } : {});
      socket.once('message', (data) => {
        resolve(String(data));
        socket.terminate();
      });
      socket.once('error', (err) =>
        resolve(err instanceof ProxyFault ? `proxy: ${err.message}` : `other: ${err.message}`),
      );
    });
  const faultOf = async (asked: Promise<unknown>) => {
    const err = await asked.catch((thrown: unknown) => thrown);
    return err instanceof Error && err.cause instanceof ProxyFault ? `proxy: ${err.cause.message}` : `other: ${err}`;
  };

  beforeEach(async () => {
    answer = (request, response) =>
      response.end(`${request.method} ${request.headers.host} ${request.headers['proxy-authorization']}`);
    target = createServer((request, response) => answer(request, response));
    new WebSocketServer({ server: target }).on('connection', (socket) => socket.send('hello'));
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await outbound.close();
    await proxy.close();
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  });

  it('both REST and the WebSocket go, with the user and password of its address, which stay at the proxy', async () => {
    await startWith('me@home:p:ss%wörd /');
    expect(await call()).toBe(`GET ${name} undefined`);
    expect(await connect()).toBe('hello');
    expect(proxy.asked).toEqual([`${name}:80`, `${name}:80`]);
    expect(outbound.proxyOf(`ws://${name}`)).toBe(`127.0.0.1:${proxy.port}`);
  });

  it.each([
    ['', /asks for a user and a password \(HTTP 407\)/],
    ['me:wrong', /does not take the user and password/],
  ])('one that wants a password and gets "%s" says so for both', async (given, words) => {
    await startWith('me:right', given);
    for (const said of [await faultOf(call()), await connect()]) {
      expect(said).toMatch(words);
      expect(said).toContain(`proxy: the proxy 127.0.0.1:${proxy.port}`);
      expect(said).not.toMatch(/wrong|right/);
    }
  });

  it.each([
    [403, /does not let us through to exchange\.example\.com:80 \(HTTP 403\)/],
    [502, /answered HTTP 502/],
  ])('one that answers %i is blamed, not the exchange', async (status, words) => {
    await startWith();
    proxy.refuse = () => status;
    for (const said of [await faultOf(call()), await connect()]) expect(said).toMatch(words);
    proxy.refuse = undefined;
    expect(await call()).toContain('GET');
  });

  it('one that is away is named', async () => {
    await startWith();
    await proxy.close();
    for (const said of [await faultOf(call()), await connect()])
      expect(said).toMatch(/^proxy: .* cannot be reached \(ECONNREFUSED\)/);
  });

  it('one that says nothing is left when the caller gives up, and no connection to it stays', async () => {
    await startWith();
    proxy.silent = true;
    const stop = new AbortController();
    const asked = outbound.fetch(`http://${name}/x`, { signal: stop.signal }).catch(() => 'ended');
    const connecting = connect(stop.signal);
    while (proxy.open < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect(await asked).toBe('ended');
    expect(await connecting).toMatch(/^other: /);
    await outbound.close();
    while (proxy.open > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('what is inside is asked directly', async () => {
    await startWith();
    const { port } = target.address() as AddressInfo;
    expect(await (await outbound.fetch(`http://127.0.0.1:${port}/x`)).text()).toContain('GET');
    expect(outbound.agentFor(`ws://127.0.0.1:${port}`)).toBeUndefined();
    expect(proxy.asked).toEqual([]);
  });
});
