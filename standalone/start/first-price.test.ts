import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@tickfolio/lib/clock';
import { createPriceBus, type PriceBus } from '@tickfolio/lib/price-bus';
import { createMemoryPubSub } from '@tickfolio/lib/pubsub/memory';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PriceWatch, tellFirstPrice, watchFirstPrice } from './first-price.js';

/** An aggregator as far as it is asked here. */
let aggregator: Server;
let feed: { state: string; detail: string };
let lastTradeId: number | undefined;
let asked: string[];
let priceBus: PriceBus;
let ending: AbortController;

beforeEach(async () => {
  feed = { state: 'pending', detail: 'Not asked for yet.' };
  lastTradeId = undefined;
  asked = [];
  ending = new AbortController();
  priceBus = createPriceBus(createMemoryPubSub());
  aggregator = createServer((request, response) => {
    asked.push(request.method ?? '');
    const coin = {
      feeds: { btcusdt: feed },
      lastPrices: lastTradeId === undefined ? {} : { btcusdt: { price: '1', timeMs: 1, tradeId: lastTradeId } },
    };
    const ready = { simulated: false, dependencies: { socket: { status: 'ok', required: true } } };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(request.url === '/ready' ? ready : coin));
  });
  await new Promise<void>((resolve) => aggregator.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  ending.abort();
  aggregator.closeAllConnections();
  await new Promise((resolve) => aggregator.close(resolve));
});

const watch = (): PriceWatch =>
  watchFirstPrice({
    clock: systemClock,
    log: silentLogger(),
    priceBus,
    aggregatorUrl: `http://127.0.0.1:${(aggregator.address() as AddressInfo).port}`,
    signal: ending.signal,
  });
const publish = (price: string, tradeId: number) =>
  priceBus.publishPrice({ symbol: 'btcusdt', price, timeMs: tradeId, tradeId });
const asksSince = async (count: number) => {
  const until = asked.length + count;
  while (asked.length < until) await new Promise((resolve) => setTimeout(resolve, 5));
};
const isOpen = (first: Promise<unknown>) => Promise.race([first, Promise.resolve('open')]);

describe('the first live price', () => {
  it('is none that only the history gave while the streams are blocked', async () => {
    const { first } = watch();
    await asksSince(1);
    publish('100', 7);
    lastTradeId = 7;
    feed = { state: 'broken', detail: 'its stream port 9443 does not answer' };
    await asksSince(3);
    expect(await isOpen(first)).toBe('open');
    feed = { state: 'live', detail: '' };
    await asksSince(1);
    expect(await isOpen(first)).toBe('open'); // The stream lives; what is known is still of the history.
    publish('101', 8);
    expect(await first).toMatchObject({ price: '101' });
    expect(asked.at(-1)).toBe('DELETE');
  });

  it('is the one of the stream also where it came before the stream was known to be live', async () => {
    const { first } = watch();
    await asksSince(2);
    publish('101', 8);
    feed = { state: 'live', detail: '' };
    lastTradeId = 8;
    expect(await first).toMatchObject({ price: '101' });
  });

  it('is waited for also while the aggregator is too busy to answer', async () => {
    const port = (aggregator.address() as AddressInfo).port;
    const { first } = watch();
    await asksSince(1);
    aggregator.closeAllConnections();
    await new Promise((resolve) => aggregator.close(resolve));
    await new Promise((resolve) => setTimeout(resolve, 250));
    await new Promise<void>((resolve) => aggregator.listen(port, '127.0.0.1', resolve));
    feed = { state: 'live', detail: '' };
    await asksSince(1);
    publish('101', 8);
    expect(await first).toMatchObject({ price: '101' });
  });

  it('is waited for with the reason in words, and without an end', async () => {
    feed = {
      state: 'broken',
      detail: 'the exchange answers over https, but its stream port 9443 does not (x): a firewall or a proxy?',
    };
    let patience: () => void = () => undefined;
    const after = (_ms: number, run: () => void) => {
      patience = run;
      return { cancel: () => undefined };
    };
    const watched = watch();
    await asksSince(2);
    const lines: string[] = [];
    const aggregatorUrl = `http://127.0.0.1:${(aggregator.address() as AddressInfo).port}`;
    const told = tellFirstPrice(watched, {
      clock: { ...systemClock, after },
      log: silentLogger(),
      aggregatorUrl,
      print: (text) => lines.push(text),
    });
    patience();
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(lines).toEqual([`  No live price yet: ${feed.detail} It is still being tried.`]);
    ending.abort();
    await told;
    expect(lines).toHaveLength(1);
  });
});
