import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { createPriceBoard } from '../prices/price-board.js';
import { createHolding, renderFrame, renderHead } from '../valuation/portfolio-frame.js';
import type { FeedWord } from './aggregator-client.js';
import { isStandstill, type PriceState, priceStateOf, type Standing } from './price-state.js';

describe('why a price is missing or old', () => {
  const trading = {
    feed: { state: 'live' },
    isDown: false,
    standing: 'trading',
    hasPrice: true,
    isOld: false,
  } as const;
  it.each<[PriceState, string, Partial<Parameters<typeof priceStateOf>[0]>]>([
    ['live', 'it flows', {}],
    ['live', 'nobody has said anything about its feed yet', { feed: undefined, standing: undefined }],
    ['live', 'it trades although the list still says that it pauses', { standing: 'paused' }],
    ['live', 'it trades although the list says that it is gone', { standing: 'gone' }],
    ['old', 'nobody trades it', { isOld: true }],
    [
      'old',
      'nobody trades it, and no frame came since the feed was asked for',
      { feed: { state: 'pending' }, isOld: true },
    ],
    ['waiting', 'it was added a moment ago', { feed: { state: 'pending' }, hasPrice: false }],
    ['waiting', 'nothing is known yet', { feed: undefined, standing: undefined, hasPrice: false }],
    ['never-traded', 'its history is empty', { feed: { state: 'live', noPrice: 'never-traded' }, hasPrice: false }],
    [
      'never-traded',
      'its history is empty, because it begins to trade only later',
      { feed: { state: 'halted', noPrice: 'never-traded' }, standing: 'paused', hasPrice: false },
    ],
    [
      'unreadable',
      'its price has more digits than are read',
      { feed: { state: 'live', noPrice: 'unreadable' }, hasPrice: false },
    ],
    [
      'unreadable',
      'its price has become one that cannot be read',
      { feed: { state: 'live', noPrice: 'unreadable' }, isOld: true },
    ],
    [
      'halted',
      'the exchange halts it, be the price as new as it may',
      { feed: { state: 'halted' }, standing: 'paused' },
    ],
    [
      'halted',
      'the exchange is in maintenance and has closed its streams',
      { feed: { state: 'broken' }, standing: 'paused', isOld: true },
    ],
    ['halted', 'it pauses, and has no price yet', { standing: 'paused', hasPrice: false }],
    ['delisted', 'the list has it no longer', { feed: { state: 'unknown' }, standing: 'gone', isOld: true }],
    [
      'delisted',
      'the list has it no longer, and no price was kept',
      { feed: { state: 'unknown' }, standing: 'gone', hasPrice: false },
    ],
    ['delisted', 'its trading was ended', { feed: { state: 'halted' }, standing: 'gone', isOld: true }],
    [
      'delisted',
      'the aggregator’s list is newer than the one here',
      { feed: { state: 'unknown' }, standing: 'trading', isOld: true },
    ],
    ['delisted', 'it is gone, whatever else is away', { isDown: true, standing: 'gone' }],
    ['feed-down', 'its stream is silent', { feed: { state: 'broken' } }],
    ['feed-down', 'the exchange refuses this address', { feed: { state: 'refused' }, hasPrice: false }],
    ['feed-down', 'the aggregator is away', { isDown: true }],
  ])('is %s where %s', (state, _where, given) => {
    expect(priceStateOf({ ...trading, ...given })).toBe(state);
  });

  it('is a standstill only where nothing newer can come as things are', () => {
    const all: PriceState[] = [
      'live',
      'waiting',
      'old',
      'halted',
      'delisted',
      'never-traded',
      'unreadable',
      'feed-down',
    ];
    expect(all.filter(isStandstill)).toEqual(['halted', 'delisted', 'unreadable', 'feed-down']);
  });
});

describe('a frame', () => {
  const setUp = () => {
    const clock = createManualClock();
    const standings = new Map<string, Standing>();
    const board = createPriceBoard({ clock, staleAfterMs: 60_000, standing: (symbol) => standings.get(symbol) });
    const take = (symbol: string, price: string) =>
      board.take({ symbol, price, timeMs: clock.now(), tradeId: clock.now() });
    const coin = (symbol: string, quote = 'usdt') => {
      const frame = renderFrame(
        renderHead({ userId: 'u', userName: 'u' }),
        [createHolding(board.listing(symbol, quote), '2')],
        clock.now(),
        false,
      );
      return (JSON.parse(frame) as { Coins: Record<string, unknown>[] }).Coins[0];
    };
    const feeds = (...words: [string, FeedWord][]) => board.setFeeds(new Map(words), false);
    return { clock, board, standings, take, coin, feeds };
  };

  it('leaves the word out for a price of now, and says it else, with the total that is known', () => {
    const { take, coin, feeds, standings, clock, board } = setUp();
    take('btcusdt', '5');
    expect(coin('btcusdt')).not.toHaveProperty('PriceState');
    feeds(['btcusdt', { state: 'unknown' }]);
    standings.set('btcusdt', 'gone');
    expect(coin('btcusdt')).toMatchObject({ Price: '5', Total: '10', Stale: true, PriceState: 'delisted' });
    feeds();
    standings.set('btcusdt', 'trading');
    clock.advance(61_000);
    board.sweep();
    expect(coin('btcusdt')).toMatchObject({ Stale: true, PriceState: 'old' });
  });

  it('says it of the symbol that a price is converted with, where that is what is wrong', () => {
    const { take, coin, feeds, standings, board } = setUp();
    take('ethtusd', '5');
    expect(coin('ethtusd', 'tusd')).toMatchObject({
      Price: '5',
      Total: null,
      Stale: true,
      PriceState: 'waiting',
      PriceStateOf: 'tusdusdt',
    });
    take('tusdusdt', '0.5');
    expect(coin('ethtusd', 'tusd')).toMatchObject({ Total: '5', Stale: false });
    standings.set('tusdusdt', 'gone');
    feeds(['tusdusdt', { state: 'unknown' }]);
    board.sweep();
    expect(coin('ethtusd', 'tusd')).toMatchObject({
      Total: '5',
      Stale: true,
      PriceState: 'delisted',
      PriceStateOf: 'tusdusdt',
    });
    feeds(['ethtusd', { state: 'broken' }], ['tusdusdt', { state: 'unknown' }]);
    const { PriceState, PriceStateOf } = coin('ethtusd', 'tusd') as Record<string, unknown>;
    expect([PriceState, PriceStateOf]).toEqual(['feed-down', undefined]);
  });

  it('says what a coin is in which asset whose price is not of now: no list has a delisted one any more', () => {
    const { take, coin, feeds, standings } = setUp();
    take('solbusd', '5');
    take('busdusdt', '1');
    expect(coin('solbusd', 'busd')).not.toHaveProperty('BaseAsset');
    standings.set('solbusd', 'gone');
    feeds(['solbusd', { state: 'unknown' }]);
    expect(coin('solbusd', 'busd')).toMatchObject({ PriceState: 'delisted', BaseAsset: 'SOL', QuoteAsset: 'BUSD' });
    standings.set('tornusdt', 'gone'); // Of which no price came at all.
    expect(coin('tornusdt')).toMatchObject({
      Price: null,
      PriceState: 'delisted',
      BaseAsset: 'TORN',
      QuoteAsset: 'USDT',
    });
    expect(coin('adarub', 'rub')).toMatchObject({
      Price: null,
      PriceState: 'waiting',
      BaseAsset: 'ADA',
      QuoteAsset: 'RUB',
    });
  });

  it('names the coin itself as soon as it is the coin that is halted, and no more the symbol that it is converted with', () => {
    const { take, coin, feeds } = setUp();
    take('btcusdt', '2');
    take('ethbtc', '2');
    coin('ethbtc', 'btc');
    feeds(['btcusdt', { state: 'halted' }]);
    expect(coin('ethbtc', 'btc')).toMatchObject({ PriceState: 'halted', PriceStateOf: 'btcusdt' });
    feeds(['ethbtc', { state: 'halted' }]);
    expect(coin('ethbtc', 'btc')).toMatchObject({ PriceState: 'halted' });
    expect(coin('ethbtc', 'btc')).not.toHaveProperty('PriceStateOf');
    feeds(['btcusdt', { state: 'halted' }]);
    expect(coin('ethbtc', 'btc')).toMatchObject({ PriceState: 'halted', PriceStateOf: 'btcusdt' });
  });

  it('never holds a real price beside simulated ones', () => {
    const { board, coin, clock } = setUp();
    const reading = (symbol: string, simulated?: boolean, kept = true) =>
      board.take({
        symbol,
        price: '1',
        timeMs: clock.now(),
        tradeId: 1,
        kept,
        ...(simulated === undefined ? {} : { simulated }),
      });
    board.setSimulated(false);
    expect([reading('btcusdt', false), reading('ethusdt', true), reading('bnbusdt', undefined, false)]).toEqual([
      true,
      false,
      true,
    ]);
    board.setSimulated(true);
    for (const symbol of ['btcusdt', 'ethusdt', 'bnbusdt'])
      expect(coin(symbol)).toMatchObject({ Price: null, Total: null });
    expect([reading('btcusdt', false), reading('btcusdt', true)]).toEqual([false, true]);
    expect(coin('btcusdt')).toMatchObject({ Price: '1', Total: '2' });
  });
});
