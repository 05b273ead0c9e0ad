import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { until } from '@tickfolio/lib/kit/wait-until';
import { afterEach, describe, expect, it } from 'vitest';
import { createAggregatorClient } from './aggregator-client.js';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('the aggregator over HTTP', () => {
  const serve = async (answer: (request: IncomingMessage, body: string, response: ServerResponse) => void) => {
    let calls = 0;
    const server: Server = createServer((request, response) => {
      calls++;
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => answer(request, body, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    closing.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    return { baseUrl: `http://127.0.0.1:${port}`, calls: () => calls };
  };
  const json = (response: ServerResponse, value: unknown) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(value));
  };

  it('gets the whole set and answers what is known', async () => {
    const seen: unknown[] = [];
    const { baseUrl } = await serve((request, body, response) => {
      seen.push([request.method, request.url, JSON.parse(body)]);
      json(response, {
        symbolsRevision: 'r7',
        simulated: true,
        feeds: {
          btcusdt: { state: 'live', detail: '', sinceMs: 0 },
          ethusdt: { state: 'a state of the future', detail: '', sinceMs: 0 },
        },
        lastPrices: { btcusdt: { price: '1.5', timeMs: 5, tradeId: 6 } },
      });
    });
    const answer = await createAggregatorClient({ baseUrl }).demand(['btcusdt', 'ethusdt']);
    expect(seen).toEqual([['PUT', '/subscriptions/bff', { symbols: ['btcusdt', 'ethusdt'] }]]);
    expect(answer).toMatchObject({ symbolsRevision: 'r7', simulated: true });
    expect(answer.feeds.get('btcusdt')).toEqual({ state: 'live' });
    expect(answer.feeds.get('ethusdt')).toEqual({ state: 'broken' });
    expect(answer.lastPrices.get('btcusdt')).toEqual({ price: '1.5', timeMs: 5, tradeId: 6 });
  });
  it('is told what is needed also while the exchange takes too long for a fresh list', async () => {
    const { baseUrl } = await serve((request, _body, response) => {
      if (request.method === 'PUT')
        json(response, { symbolsRevision: 'r7', simulated: true, feeds: {}, lastPrices: {} });
    });
    const client = createAggregatorClient({ baseUrl, freshDeadlineMs: 50, breakAfterFailures: 2, restMs: 60_000 });
    for (let i = 0; i < 3; i++) await expect(client.symbols('r', true)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await client.demand([])).toMatchObject({ symbolsRevision: 'r7' });
  });
  it('tells why prices do not come and what time it is at the exchange, and asks for a fresh list with more patience', async () => {
    const { baseUrl } = await serve((request, _body, response) => {
      if (request.method === 'PUT')
        json(response, {
          symbolsRevision: 'r7',
          simulated: true,
          exchangeTimeMs: 1_769_508_000_000,
          feeds: {
            newusdt: { state: 'pending', detail: '', sinceMs: 0, noPrice: 'never-traded' },
            oddusdt: { state: 'live', noPrice: 'a reason of the future' },
          },
          lastPrices: {},
        });
      else
        setTimeout(() => {
          const symbols = [{ symbol: 'newusdt', quoteAsset: 'USDT', status: 'BREAK', paused: true }];
          json(response, { revision: String(request.url), simulated: true, symbols });
        }, 300);
    });
    expect(await createAggregatorClient({ baseUrl }).demand([])).toMatchObject({
      exchangeTimeMs: 1_769_508_000_000,
      feeds: new Map([
        ['newusdt', { state: 'pending', noPrice: 'never-traded' }],
        ['oddusdt', { state: 'live' }],
      ]),
    });
    const client = createAggregatorClient({ baseUrl, deadlineMs: 100, freshDeadlineMs: 10_000 });
    expect(await client.symbols('id', true)).toMatchObject({
      revision: '/symbols?fresh=true',
      symbols: [{ paused: true }],
    });
    await expect(client.symbols('id')).rejects.toMatchObject({ code: 'unavailable' });
  });
  it('leaves out a last price that is none, so that it costs the others nothing', async () => {
    const good = { price: '0.000000000012', timeMs: 5, tradeId: 6 };
    const odd = [{ price: '0' }, { price: null }, { price: '-1' }, { timeMs: 1_769_508_000_981_000 }, { tradeId: -1 }];
    const { baseUrl } = await serve((_request, _body, response) =>
      json(response, {
        symbolsRevision: 'r7',
        simulated: false,
        feeds: {},
        lastPrices: Object.fromEntries([
          ['good', good],
          ['none', null],
          ...odd.map((more, at) => [`odd${at}`, { ...good, ...more }]),
        ]),
      }),
    );
    const { lastPrices } = await createAggregatorClient({ baseUrl }).demand(['good']);
    expect([...lastPrices]).toEqual([['good', good]]);
  });
  it.each([
    ['an error', (response: ServerResponse) => response.writeHead(500).end('oops')],
    ['no JSON', (response: ServerResponse) => response.end('oops')],
    ['another shape', (response: ServerResponse) => json(response, { simulated: 'yes' })],
    ['nothing in time', () => undefined],
    ['an answer that stops in the middle', (response: ServerResponse) => void response.write('{"revision":')],
    ['a broken connection', (response: ServerResponse) => response.destroy()],
  ])('with %s counts as unavailable', async (_what, answer) => {
    const { baseUrl } = await serve((_request, _body, response) => void answer(response));
    const client = createAggregatorClient({ baseUrl, deadlineMs: 200 });
    await expect(client.symbols()).rejects.toMatchObject({
      code: 'unavailable',
      message: 'The aggregator does not answer.',
    });
  });
  it('is read to the end also over a line on which its list takes longer than an answer may', async () => {
    const list = JSON.stringify({ revision: 'r', simulated: false, symbols: [] });
    const { baseUrl } = await serve((_request, _body, response) => {
      [...list].forEach((letter, index) => {
        setTimeout(() => response.write(letter), index * 40);
      });
      setTimeout(() => response.end(), list.length * 40);
    });
    const client = createAggregatorClient({ baseUrl, deadlineMs: 1_500 });
    expect(await client.symbols()).toMatchObject({ revision: 'r' });
  });
  it('is left alone after repeated failures and tried again soon', async () => {
    let well = false;
    const { baseUrl, calls } = await serve((_request, _body, response) =>
      well ? json(response, { revision: 'r', simulated: false, symbols: [] }) : response.writeHead(503).end(),
    );
    const client = createAggregatorClient({ baseUrl, breakAfterFailures: 3, restMs: 3_000 });
    for (let i = 0; i < 3; i++) await expect(client.symbols()).rejects.toThrow(/does not answer/);
    await expect(client.symbols()).rejects.toThrow(/is resting/);
    expect(calls()).toBe(3);
    well = true;
    await until(async () => (await client.symbols().catch(() => undefined)) !== undefined);
  });
});
