import type { Frame, FrameCoin } from '@tickfolio/client/frame';
import { createManualClock } from '@tickfolio/lib/clock';
import { parseDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { testCoin, viewOfCoins } from './kit/view.js';
import { createPortfolioStore } from './portfolio-store.js';
import type { DayBase } from './portfolio-view.js';
import { createPriceTrails } from './price-trails.js';

const asOf = '2026-01-27T10:00:01.000Z';
const coin = (
  symbol: string,
  Quantity: string,
  Price: string,
  Total: string,
  PriceTime = '2026-01-27T10:00:00.500Z',
): FrameCoin => ({
  Symbol: symbol,
  Quantity,
  Price,
  Total,
  PriceTime,
  Stale: false,
});
const frame = (total: string, ...Coins: FrameCoin[]): Frame => ({
  UserID: 'u',
  UserName: 'maria',
  TotalValue: total,
  Coins,
  AsOf: asOf,
});

const more = (by: string) => ({ kind: 'add', by: parseDecimal(by) }) as const;

/** A store whose pictures of the screen the test draws. */
const createRoom = () => {
  const clock = createManualClock();
  let due: (() => void)[] = [];
  const store = createPortfolioStore({ clock, schedule: (run) => due.push(run), trails: createPriceTrails() });
  let renders = 0;
  store.subscribe(() => renders++);
  const draw = () => {
    const now = due;
    due = [];
    for (const run of now) run();
    return store.state.view;
  };
  return { store, clock, draw, renders: () => renders };
};

describe('the live portfolio', () => {
  it('is drawn once for all frames of a picture, the newest of them', () => {
    const { store, draw, renders } = createRoom();
    for (const price of ['1', '2', '3']) store.takeFrame(frame(price, coin('btcusdt', '1', price, price)));
    expect(renders()).toBe(0);
    expect(draw()?.total.exact).toBe('3');
    expect(renders()).toBe(1);
  });
  it('keeps the row of a coin that did not change, so that nothing of it is drawn', () => {
    const { store, draw } = createRoom();
    const eth = coin('ethusdt', '2', '50', '100');
    store.takeFrame(frame('200', coin('btcusdt', '1', '100', '100'), eth));
    const before = draw();
    store.takeFrame(frame('200.01', coin('btcusdt', '1', '100.01', '100.01'), eth));
    const after = draw();
    expect(after?.rows[1]).toBe(before?.rows[1]);
    expect(after?.rows[0]).toMatchObject({ ticks: 1, direction: 'up', priceText: '100.01' });
  });
  it('says from when the change of a coin is counted that was added at noon', () => {
    const { store, draw } = createRoom();
    const open = (price: string, time: string) => ({
      price: parseDecimal(price),
      sinceMs: Date.parse(`2026-01-27T${time}Z`),
    });
    store.takeFrame(frame('300', coin('btcusdt', '1', '100', '100'), coin('ethusdt', '1', '200', '200')));
    store.setDayBases({ basis: '24h', now: new Map([['ethusdt', open('100', '12:05:00.100')]]) });
    const noon = Date.parse('2026-01-27T12:05:00.100Z');
    expect(draw()).toMatchObject({ day: { text: '+100.00' }, dayBasis: { sinceMs: noon, someSinceMs: undefined } });
    store.setDayBases({
      basis: '24h',
      now: new Map<string, DayBase>([
        ['btcusdt', { price: parseDecimal('90'), sinceMs: undefined }],
        ['ethusdt', open('100', '12:05:00.100')],
      ]),
    });
    const view = draw();
    expect(view).toMatchObject({ day: { text: '+110.00' }, dayBasis: { sinceMs: undefined, someSinceMs: noon } });
    expect(view?.rows.map(({ daySinceMs }) => daySinceMs)).toEqual([undefined, noon]);
  });
  it('knows the time of the server on a computer whose clock is a day fast', () => {
    const { store, clock } = createRoom();
    const dayMs = 86_400_000;
    store.takeFrame({
      ...frame('1', coin('btcusdt', '1', '1', '1')),
      AsOf: new Date(clock.now() - dayMs).toISOString(),
    });
    expect(store.serverTime(clock.now() - 60_000)).toBe(clock.now() - dayMs - 60_000);
  });
  it('names a change by what it is counted from, and has none of yesterday when a computer wakes up', () => {
    const { store, draw } = createRoom();
    const now = new Map([['btcusdt', { price: parseDecimal('90'), sinceMs: undefined }]]);
    const held = frame('100', coin('btcusdt', '1', '100', '100'));
    store.takeFrame(held);
    store.setDayBases({ basis: '7d', now, untilMs: Date.parse(asOf) + 60_000 });
    expect(draw()).toMatchObject({ day: { text: '+10.00' }, dayBasis: { basis: '7d' } });
    store.takeFrame({ ...held, AsOf: '2026-01-28T07:00:00.000Z' });
    expect(draw()).toMatchObject({ day: undefined, dayBasis: { basis: '7d', sinceMs: undefined } });
  });
  it('says of which coins the total has no change of the day yet, after 10,000 ATOM were added to 0.5 BTC', () => {
    const { store, draw } = createRoom();
    const bitcoin = { price: parseDecimal('68000'), sinceMs: undefined };
    const held = frame('104000', coin('btcusdt', '0.5', '68000', '34000'), coin('atomusdt', '10000', '7', '70000'));
    store.setDayBases({ basis: '24h', now: new Map([['btcusdt', bitcoin]]) });
    store.takeFrame(held);
    const before = draw();
    expect(before?.dayLacking).toEqual(['ATOM']);
    store.takeFrame({ ...held, AsOf: '2026-01-27T10:00:02.000Z' });
    expect(draw()?.dayLacking).toBe(before?.dayLacking);
    store.setDayBases({
      basis: '24h',
      now: new Map([
        ['btcusdt', bitcoin],
        ['atomusdt', { price: parseDecimal('7.1'), sinceMs: undefined }],
      ]),
    });
    expect(draw()).toMatchObject({ dayLacking: [], day: { text: '−1,000.00' } });
  });
  it('shows beside a price in BTC the change of that price, not of its value in USDT', () => {
    const { store, draw } = createRoom();
    const base = { price: parseDecimal('2000'), quotePrice: parseDecimal('0.05268'), sinceMs: undefined };
    store.setDayBases({ basis: '24h', now: new Map([['ethbtc', base]]) });
    store.takeFrame(frame('3920.4', { ...coin('ethbtc', '2', '0.05227', '3920.4'), QuoteAsset: 'BTC' }));
    expect(draw()?.rows[0]).toMatchObject({
      priceDay: { percent: '−0.78 %' },
      day: { text: '−79.60', percent: '−1.99 %' },
    });
  });
  it('says nothing of the change of a price in BTC where an older server does not know it', () => {
    const { store, draw } = createRoom();
    store.setDayBases({
      basis: '24h',
      now: new Map([['ethbtc', { price: parseDecimal('2000'), sinceMs: undefined }]]),
    });
    store.takeFrame(frame('1960', { ...coin('ethbtc', '1', '0.05', '1960'), QuoteAsset: 'BTC' }));
    expect(draw()?.rows[0]).toMatchObject({ priceDay: undefined, day: { percent: '−2.00 %' } });
  });
  it('counts the last 24 hours from other prices with the same frame as every other page, whenever it asked for them', () => {
    const { store, draw } = createRoom();
    const bases = (price: string) => new Map([['btcusdt', { price: parseDecimal(price), sinceMs: undefined }]]);
    const next = { fromMs: Date.parse('2026-01-27T10:00:45.000Z'), bases: bases('80') };
    store.setDayBases({ basis: '24h', now: bases('90'), next });
    const changeAt = (time: string) => {
      store.takeFrame({ ...frame('100', coin('btcusdt', '1', '100', '100')), AsOf: `2026-01-27T10:00:${time}Z` });
      return draw()?.day?.text;
    };
    expect([changeAt('44.999'), changeAt('45.000'), changeAt('46.000')]).toEqual(['+10.00', '+20.00', '+20.00']);
  });
  it('takes the server at its word for totals, and counts changes exactly', () => {
    const { store, draw } = createRoom();
    store.setDayBases({ basis: '24h', now: new Map([['btcusdt', { price: parseDecimal('99'), sinceMs: undefined }]]) });
    store.takeFrame(
      frame('100.000000000000000001', coin('btcusdt', '1', '100.000000000000000001', '100.000000000000000001')),
    );
    draw();
    store.takeFrame(frame('101', coin('btcusdt', '1', '101', '101')));
    const view = draw();
    expect(view?.day).toMatchObject({ text: '+2.00', direction: 'up', percent: '+2.02 %' });
    expect(view?.dayBasis).toEqual({ basis: '24h', sinceMs: undefined, someSinceMs: undefined });
  });
  it('points nowhere where the digits that are shown did not move', () => {
    const { store, draw } = createRoom();
    store.takeFrame(frame('100.001', coin('btcusdt', '1', '100.001', '100.001')));
    draw();
    store.takeFrame(frame('100.004', coin('btcusdt', '1', '100.004', '100.004')));
    expect(draw()?.total).toMatchObject({ text: '100.00', direction: 'same', ticks: 0 });
    store.takeFrame(frame('99.99', coin('btcusdt', '1', '99.99', '99.99')));
    expect(draw()?.total).toMatchObject({ text: '99.99', direction: 'down', ticks: 1 });
  });
  it('counts no purchase as a gain', () => {
    const { store, draw } = createRoom();
    store.setDayBases({
      basis: '24h',
      now: new Map([['btcusdt', { price: parseDecimal('100'), sinceMs: undefined }]]),
    });
    store.takeFrame(frame('100', coin('btcusdt', '1', '100', '100')));
    draw();
    store.takeFrame(frame('300', coin('btcusdt', '3', '100', '300')));
    expect(draw()?.day).toMatchObject({ text: '0.00', direction: 'same' });
  });
  it('names the market whose part is not in the total, not a coin of which another part is', () => {
    const { store, draw } = createRoom();
    const none = { Price: null, Total: null, PriceTime: null, Stale: true };
    const [dollars, euros] = [coin('btcusdt', '1', '0', '0'), coin('btceur', '2', '90', '200')];
    store.takeFrame(frame('200', { ...dollars, ...none }, { ...euros, QuoteAsset: 'EUR' }));
    expect(draw()?.lacking).toEqual(['BTC/USDT']);
  });
  it('says why a price is missing or old, and which coins are not in the total', () => {
    const { store, draw } = createRoom();
    const none = { Price: null, Total: null, PriceTime: null, PriceReceived: null, Stale: true };
    const gone = { ...coin('tornusdt', '2', '4', '4'), ...none, PriceState: 'delisted' } as const;
    const kept = { ...coin('omgusdt', '2', '4', '8'), Stale: true, PriceState: 'halted' } as const;
    const unconverted = {
      ...coin('ethbtc', '2', '0.05', '0'),
      Total: null,
      Stale: true,
      PriceState: 'waiting',
      PriceStateOf: 'btcusdt',
    } as const;
    store.takeFrame(frame('108', coin('btcusdt', '1', '100', '100'), gone, kept, unconverted));
    const view = draw();
    expect(view?.lacking).toEqual(['TORN', 'ETH/BTC']);
    expect(view?.rows.map(({ state, stateOf }) => [state, stateOf])).toEqual([
      [undefined, undefined],
      ['delisted', undefined],
      ['halted', undefined],
      ['waiting', 'btcusdt'],
    ]);
    store.takeFrame(
      frame('108', coin('btcusdt', '1', '100', '100'), gone, { ...kept, PriceState: 'delisted' }, unconverted),
    );
    const next = draw();
    expect([next?.lacking === view?.lacking, next?.rows[2]?.state]).toEqual([true, 'delisted']);
    store.expect('solusdt', more('1'));
    expect(draw()?.lacking).toEqual(['TORN', 'ETH/BTC']); // What is being added is no lack.
  });
  it('names a held coin that the exchange has delisted, whatever it was quoted in', () => {
    const listed = new Map([['btcusdt', 'usdt']]); // What may be held; the others are not in it any more.
    const gone = (symbol: string, more: object = {}) => testCoin(symbol, null, { PriceState: 'delisted', ...more });
    const { rows, lacking } = viewOfCoins(
      '0',
      [gone('solbusd', { BaseAsset: 'SOL', QuoteAsset: 'BUSD' }), gone('adarub'), gone('ltcbtc'), gone('waveusdt')],
      listed,
    );
    expect(rows.map(({ name, base, quote }) => [name, base, quote])).toEqual([
      ['Solana', 'SOL', 'BUSD'],
      ['ADARUB', 'ADARUB', ''], // A server of before did not say it.
      ['Litecoin', 'LTC', 'BTC'],
      ['WAVE', 'WAVE', 'USDT'],
    ]);
    expect(lacking).toEqual(['SOL/BUSD', 'ADARUB', 'LTC/BTC', 'WAVE']);
  });
  it('names a coin anew once it is known what it is quoted in', () => {
    const { store, draw } = createRoom();
    store.takeFrame(frame('1', coin('xmrdai', '1', '1', '1')));
    expect(draw()?.rows[0]?.name).toBe('XMRDAI');
    store.setMarkets(new Map([['xmrdai', { quote: 'dai', decimals: 0 }]]));
    expect(draw()?.rows[0]?.name).toBe('Monero');
  });
  it('shows 68,123.4 as 68,123.40 where the market moves in steps of 0.01, and no digit less than there is', () => {
    const { store, draw } = createRoom();
    store.setMarkets(new Map([['btcusdt', { quote: 'usdt', decimals: 2 }]]));
    const textOf = (price: string) => {
      store.takeFrame(frame(price, coin('btcusdt', '1', price, price)));
      return draw()?.rows[0]?.priceText;
    };
    expect(['68123.4', '68123', '68123.455'].map(textOf)).toEqual(['68,123.40', '68,123.00', '68,123.455']);
  });
  it('shows what was changed at once, and what the server made of it in the end', () => {
    const { store, draw } = createRoom();
    store.takeFrame(frame('100', coin('btcusdt', '1', '100', '100')));
    draw();
    const change = store.expect('btcusdt', more('0.5'));
    expect(draw()).toMatchObject({ total: { exact: '150' }, rows: [{ quantity: '1.5', pending: true, value: '150' }] });
    change.settle({ quantity: '1.4', version: undefined }); // Somebody took a part meanwhile.
    expect(draw()?.rows[0]).toMatchObject({ quantity: '1.4', pending: true });
    store.takeFrame(frame('140', coin('btcusdt', '1.4', '100', '140')));
    expect(draw()?.rows[0]).toMatchObject({ quantity: '1.4', pending: false });
  });
  it('takes a refused change back', () => {
    const { store, draw } = createRoom();
    store.takeFrame(frame('100', coin('btcusdt', '1', '100', '100')));
    const removal = store.expect('btcusdt', { kind: 'remove' });
    expect(draw()?.rows).toEqual([]);
    removal.settle(undefined);
    expect(draw()?.rows).toMatchObject([{ symbol: 'btcusdt', pending: false }]);
  });
});
