import { type ExchangeSim, startExchangeSim } from '@tickfolio/exchange-sim/app';
import { systemClock } from '@tickfolio/lib/clock';
import { startTestProxy, type TestProxy } from '@tickfolio/lib/kit/proxy';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answering, choosePriceSource, type Exchange } from './price-source.js';

let sim: ExchangeSim;
let proxy: TestProxy;
let exchange: Exchange;
const deps = { clock: systemClock, log: silentLogger() };

beforeAll(async () => {
  sim = await startExchangeSim({ clock: systemClock, log: silentLogger() }, { symbols: 5, pastDay: false });
  const host = 'exchange.example.com';
  proxy = await startTestProxy({ places: { [`${host}:80`]: sim.port, [`${host}:9443`]: sim.port } });
  exchange = {
    restUrl: `http://${host}`,
    wsUrl: `ws://${host}:9443`,
    wsFallbackUrl: `ws://${host}`,
    proxies: { http: new URL(`http://127.0.0.1:${proxy.port}`), https: undefined, except: undefined },
  };
});
afterEach(() => {
  proxy.refuse = undefined;
});
afterAll(() => Promise.all([sim.close(), proxy.close()]));

describe('where prices come from', () => {
  it.each(['binance', 'simulated'] as const)('%s is taken at its word, and nobody is asked', async (setting) => {
    expect(await choosePriceSource(setting, exchange, deps)).toEqual({ source: setting, reason: undefined });
    expect(proxy.asked).toEqual([]);
  });

  it('auto takes the exchange where it answers, its usual port first', async () => {
    const chosen = await choosePriceSource('auto', exchange, deps);
    expect(chosen).toEqual({ source: 'binance', reason: undefined, wsUrl: exchange.wsUrl });
    expect(answering(exchange, chosen)).toBe(exchange);
  });

  it('auto takes the exchange at its other port where the usual one is closed', async () => {
    proxy.refuse = (target) => (target.endsWith(':9443') ? 403 : undefined);
    const chosen = await choosePriceSource('auto', exchange, deps);
    expect(answering(exchange, chosen)).toMatchObject({ wsUrl: exchange.wsFallbackUrl, wsFallbackUrl: exchange.wsUrl });
  });

  it('auto simulates where REST alone answers, and says what is closed', async () => {
    proxy.refuse = (target) => (target.endsWith(':9443') ? 403 : undefined);
    const { wsFallbackUrl: _, ...onePort } = exchange;
    expect(await choosePriceSource('auto', onePort, deps)).toEqual({
      source: 'simulated',
      reason: expect.stringMatching(
        /^it answers over http, but its stream port 9443 does not \(the proxy .* \(HTTP 403\)\): a firewall or a proxy\?$/,
      ),
    });
  });
});
