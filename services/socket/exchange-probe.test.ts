import { createServer, type Server } from 'node:net';
import { systemClock } from '@tickfolio/lib/clock';
import { startTestProxy } from '@tickfolio/lib/kit/proxy';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangePlace } from './exchange.js';
import { probeExchange } from './exchange-probe.js';
import { answerJson, type ScriptedExchange, startScriptedExchange } from './kit/scripted-exchange.js';

/** Nobody listens at either; fetch knows port 9 and asks nobody there. */
const closed = 'ws://127.0.0.1:9';
const nowhere = 'http://127.0.0.1:41299';
let exchange: ScriptedExchange;
const opened: { close(): unknown }[] = [];

beforeEach(async () => {
  exchange = await startScriptedExchange(['btcusdt']);
  exchange.rest = (_path, _request, response) => answerJson(response, { serverTime: Date.now() });
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  await exchange.close();
});
/** Its two seconds are six, for a busy machine may take longer than two for what it answers. */
const patientClock = { ...systemClock, after: (ms: number, run: () => void) => systemClock.after(3 * ms, run) };
const probe = (place: Partial<ExchangePlace> = {}) =>
  probeExchange(patientClock, { exchangeWsUrl: exchange.wsUrl, exchangeRestUrl: exchange.restUrl, ...place });

/** Takes connections and says nothing. */
const startSilent = async (): Promise<number> => {
  const server: Server = createServer((socket) => {
    opened.push({ close: () => socket.destroy() });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push({ close: () => server.close() });
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
};

describe('an exchange is there', () => {
  it('when it tells its time and answers over its streams', async () => {
    expect(await probe()).toEqual({ streamUrl: exchange.wsUrl, fault: undefined });
    expect(exchange.connections[0]?.control.map(({ params }) => params)).toEqual([['btcusdt@miniTicker']]);
  });

  it('at its other stream port where the usual one is closed or swallows everything, within the time it has', async () => {
    for (const exchangeWsUrl of [closed, `ws://127.0.0.1:${await startSilent()}`]) {
      expect(await probe({ exchangeWsUrl, exchangeWsFallbackUrl: exchange.wsUrl })).toEqual({
        streamUrl: exchange.wsUrl,
        fault: undefined,
      });
    }
  });

  it('at its usual port where both answer', async () => {
    const other = await startScriptedExchange([]);
    opened.push(other);
    expect((await probe({ exchangeWsFallbackUrl: other.wsUrl })).streamUrl).toBe(exchange.wsUrl);
  });
});

describe('an exchange is not there', () => {
  it.each<[string, () => Partial<ExchangePlace>, RegExp]>([
    [
      'a sign-in page answers for it',
      () => {
        exchange.rest = (_path, _request, response) =>
          void response.writeHead(200).end('<html>Welcome to our hotel</html>');
        return { exchangeWsUrl: closed };
      },
      /^What answers at 127\.0\.0\.1:\d+ is not the exchange: it sent a web page/,
    ],
    [
      'something answers that has no time',
      () => {
        exchange.rest = (_path, _request, response) => answerJson(response, { ok: true });
        return { exchangeWsUrl: closed };
      },
      /sent no time that can be one$/,
    ],
    [
      'its stream port is closed',
      () => ({ exchangeWsUrl: closed }),
      /^it answers over http, but its stream port 9 does not \(connect ECONNREFUSED .*\): a firewall or a proxy\?$/,
    ],
    [
      'both its stream ports are',
      () => ({ exchangeWsUrl: closed, exchangeWsFallbackUrl: 'ws://127.0.0.1:19' }),
      /^it answers over http, but neither of its stream ports 9 and 19 does/,
    ],
    [
      'a page answers the upgrade',
      () => {
        exchange.refuse = { status: 200 };
        return {};
      },
      /its stream port \d+ does not \(the upgrade was answered with HTTP 200\)/,
    ],
    [
      'it refuses this address',
      () => {
        exchange.refuse = { status: 451, body: '{"code":0,"msg":"a restricted location"}' };
        return {};
      },
      /^it refuses this address \(HTTP 451, code 0: a restricted location\)$/,
    ],
    [
      'its REST interface is closed',
      () => ({ exchangeRestUrl: nowhere }),
      /^its streams answer, but its REST interface does not work: it cannot be reached \(ECONNREFUSED\)$/,
    ],
    [
      'nothing of it is',
      () => ({ exchangeRestUrl: nowhere, exchangeWsUrl: closed }),
      /^it cannot be reached \(ECONNREFUSED\)$/,
    ],
  ])('when %s', async (_what, place, words) => {
    expect((await probe(place())).fault).toMatch(words);
  });

  it('when it opens and then says nothing, or says nothing at all, known within 2 s', async () => {
    exchange.answer = () => undefined;
    const port = await startSilent();
    const [mute, silent] = await Promise.all([
      probe(),
      probe({ exchangeRestUrl: `http://127.0.0.1:${port}`, exchangeWsUrl: `ws://127.0.0.1:${port}` }),
    ]);
    expect(mute.fault).toMatch(/its stream port \d+ does not \(it opens and then says nothing for 2 s\)/);
    expect(silent.fault).toBe('it did not answer within 2 s');
  });

  it('when the proxy lets neither port through', async () => {
    const port = Number(new URL(exchange.restUrl).port);
    const proxy = await startTestProxy({ places: { 'exchange.example.com:80': port } });
    opened.push(proxy);
    const { fault } = await probe({
      exchangeRestUrl: 'http://exchange.example.com',
      exchangeWsUrl: 'ws://exchange.example.com:9443',
      proxies: { http: new URL(`http://127.0.0.1:${proxy.port}`), https: undefined, except: undefined },
    });
    expect(fault).toMatch(/^it answers over http, but its stream port 9443 does not \(the proxy .* answered HTTP 502/);
  });
});
