import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { createMetrics } from '@tickfolio/lib/telemetry';
import { createCircuitMetrics } from '@tickfolio/lib/telemetry/circuit-metrics';
import { describe, expect, it } from 'vitest';
import { createFakeAggregator } from '../kit/bff.js';
import { findAggregators } from './aggregator-addresses.js';
import { createAggregatorClient, type FeedState } from './aggregator-client.js';
import { createAggregators } from './aggregators.js';

const setUp = (names: readonly string[] = ['http://a:8088', 'http://b:8088']) => {
  const state = { names };
  const fakes = new Map<string, ReturnType<typeof createFakeAggregator>['fake']>();
  const circuits: string[] = [];
  const client = createAggregators({
    addresses: async () => state.names,
    connect: (baseUrl, circuit) => {
      const { fake, client: one } = createFakeAggregator();
      fakes.set(baseUrl, fake);
      circuits.push(circuit);
      return { ...one, close: () => undefined };
    },
  });
  const fakeOf = (name: string) => {
    const found = fakes.get(`http://${name}:8088`);
    if (!found) throw new Error(`${name} was not asked yet`);
    return found;
  };
  return { client, state, fakeOf, circuits };
};
const feeds = (given: Record<string, FeedState>) => new Map(Object.entries(given));

describe('several aggregators', () => {
  it('are told the whole set each, and answer for their own symbols', async () => {
    const { client, fakeOf, circuits } = setUp();
    await client.demand([]);
    const price = { price: '1', timeMs: 1, tradeId: 1 };
    Object.assign(fakeOf('a'), {
      feeds: feeds({ btcusdt: 'live', ethusdt: 'pending' }),
      shares: { owned: 13, of: 24 },
    });
    Object.assign(fakeOf('b'), { feeds: feeds({ ethusdt: 'live', ltcusdt: 'broken' }), shares: { owned: 11, of: 24 } });
    fakeOf('a')
      .lastPrices.set('ethusdt', { ...price, tradeId: 5 })
      .set('btcusdt', price);
    fakeOf('b').lastPrices.set('ethusdt', { ...price, tradeId: 4 });
    const answer = await client.demand(['btcusdt', 'ethusdt', 'ltcusdt']);
    for (const name of ['a', 'b']) expect(fakeOf(name).told.at(-1)).toEqual(['btcusdt', 'ethusdt', 'ltcusdt']);
    expect([...answer.feeds].map(([symbol, { state }]) => [symbol, state])).toEqual([
      ['btcusdt', 'live'],
      ['ethusdt', 'live'],
      ['ltcusdt', 'broken'],
    ]);
    expect(answer.lastPrices.get('ethusdt')).toMatchObject({ tradeId: 5 });
    expect(answer).toMatchObject({ symbolsRevision: 'r1', shares: { owned: 24, of: 24 } });
    expect([...(answer.aggregators ?? [])]).toEqual([
      ['a:8088', undefined],
      ['b:8088', undefined],
    ]);
    expect(circuits).toEqual(['aggregator a:8088', 'aggregator b:8088']);
  });

  it('are well while one answers, and the others are named', async () => {
    const { client, fakeOf } = setUp();
    await client.demand([]);
    fakeOf('a').down = true;
    const answer = await client.demand(['btcusdt']);
    expect([...(answer.aggregators ?? [])]).toEqual([
      ['a:8088', 'The aggregator does not answer.'],
      ['b:8088', undefined],
    ]);
    expect((await client.symbols()).revision).toBe('r1');
    fakeOf('b').down = true;
    await expect(client.demand([])).rejects.toBeInstanceOf(AppError);
    await expect(client.symbols()).rejects.toBeInstanceOf(AppError);
  });

  it('are believed about the exchange’s time where they know it, the one whose frames come soonest', async () => {
    const { client, fakeOf } = setUp();
    expect((await client.demand([])).exchangeTimeMs).toBeUndefined();
    fakeOf('b').exchangeTimeMs = 1_769_508_000_000;
    expect((await client.demand([])).exchangeTimeMs).toBe(1_769_508_000_000);
    fakeOf('a').exchangeTimeMs = 1_769_508_000_300;
    expect((await client.demand([])).exchangeTimeMs).toBe(1_769_508_000_300);
  });

  it('give the symbol list of the first that has one', async () => {
    const { client, fakeOf } = setUp();
    await client.demand([]);
    fakeOf('a').revision = '';
    Object.assign(fakeOf('b'), { revision: 'r2', simulated: true });
    expect(await client.demand([])).toMatchObject({ symbolsRevision: 'r2', simulated: true });
    expect(await client.symbols()).toMatchObject({ revision: 'r2' });
  });

  it('come and go with their addresses', async () => {
    const { client, state, fakeOf, circuits } = setUp(['http://a:8088']);
    await client.demand(['btcusdt']);
    state.names = ['http://b:8088', 'http://c:8088'];
    await client.demand(['ethusdt']);
    expect([fakeOf('a').told, fakeOf('c').told]).toEqual([[['btcusdt']], [['ethusdt']]]);
    expect(circuits).toEqual(['aggregator', 'aggregator b:8088', 'aggregator c:8088']);
  });

  it('leave no series in the metrics when they are gone, however many there were', async () => {
    const metrics = createMetrics('bff');
    const observeCircuit = createCircuitMetrics(metrics);
    let names: readonly string[] = [];
    const aggregators = createAggregators({
      addresses: async () => names,
      connect: (baseUrl, circuit) => ({
        ...createAggregatorClient({ baseUrl, circuit, observeCircuit }),
        demand: createFakeAggregator().client.demand,
      }),
    });
    for (let pod = 0; pod < 50; pod++) {
      names = [`http://10.0.${pod}.1:8088`, `http://10.0.${pod}.2:8088`];
      await aggregators.demand([]);
    }
    const series = (await metrics.text()).split('\n').filter((line) => /circuit_open(ed_total)?\{/.test(line));
    expect(series.length).toBe(8);
    expect(series.join()).not.toContain('10.0.0.1');
  });
});

describe('the addresses of aggregators', () => {
  const setUpNames = (given: Record<string, readonly string[]>) => {
    const clock = createManualClock();
    const names = new Map(Object.entries(given));
    const lookUp = async (host: string): Promise<readonly string[]> => {
      const found = names.get(host);
      if (!found) throw new Error(`ENOTFOUND ${host}`);
      return found;
    };
    return { clock, names, lookUp };
  };

  it('are all that a name has, itself where it has one, and what was found before while it cannot be looked up', async () => {
    const { clock, names, lookUp } = setUpNames({
      many: ['10.0.0.2', '10.0.0.1', '10.0.0.2', 'fd00::1'],
      one: ['10.0.0.9'],
    });
    const find = findAggregators(['http://many:8088', 'http://one:8088', 'http://unknown:1'], clock, lookUp);
    const all = [
      'http://10.0.0.1:8088',
      'http://10.0.0.2:8088',
      'http://[fd00::1]:8088',
      'http://one:8088',
      'http://unknown:1',
    ];
    expect(await find()).toEqual(all);
    names.delete('many');
    expect(await find()).toEqual(all);
    names.set('many', ['10.0.0.3']);
    expect((await find())[0]).toBe('http://many:8088');
  });

  it('are taken as they stand where they are addresses already, or secured by name', async () => {
    const { clock, lookUp } = setUpNames({ secure: ['10.0.0.1', '10.0.0.2'] });
    const given = ['http://127.0.0.1:8088', 'http://[::1]:8088', 'https://secure'];
    expect(await findAggregators(given, clock, lookUp)()).toEqual(given);
  });

  it('do not wait for a look-up that hangs', async () => {
    const clock = createManualClock();
    const found = findAggregators(['http://slow:8088'], clock, () => new Promise(() => undefined))();
    await clock.advanceAsync(1_000);
    expect(await found).toEqual(['http://slow:8088']);
  });
});
