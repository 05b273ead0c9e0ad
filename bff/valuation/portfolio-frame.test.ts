import type { Frame } from '@tickfolio/api/frame';
import { createManualClock } from '@tickfolio/lib/clock';
import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPriceBoard } from '../prices/price-board.js';
import type { PriceReading } from '../prices/price-reading.js';
import { createCash, createHolding, renderFrame, renderHead } from './portfolio-frame.js';

const Exact = Reference.clone({ precision: 400, toExpNeg: -400, toExpPos: 400 });
const owner = renderHead({ userId: 'u1', userName: 'myuser' }, 7);

const setUp = () => {
  const clock = createManualClock();
  const changed: string[] = [];
  const board = createPriceBoard({ clock, staleAfterMs: 60_000 });
  board.connect((listing) => changed.push(listing.symbol));
  let tradeId = 0;
  const take = (symbol: string, price: string, rest: Partial<PriceReading> = {}) =>
    board.take({ symbol, price, timeMs: clock.now(), tradeId: ++tradeId, ...rest });
  return { clock, board, take, changed };
};
const read = (text: string) => JSON.parse(text) as Frame;

describe('a portfolio frame', () => {
  it('has the contract example, key for key', () => {
    const { board, take, clock } = setUp();
    const holdings = [
      createHolding(board.listing('btcusdt', 'usdt'), '1.5', 7),
      createHolding(board.listing('ethusdt', 'usdt'), '10', 3),
    ];
    take('btcusdt', '68123.45');
    take('ethusdt', '3456.78000000');
    const time = new Date(clock.now()).toISOString();
    expect(renderFrame(owner, holdings, clock.now(), false)).toBe(
      `{"UserID":"u1","UserName":"myuser","Version":7,"TotalValue":"136752.975","Coins":[` +
        `{"Symbol":"btcusdt","Quantity":"1.5","Version":7,"Price":"68123.45","Total":"102185.175","PriceTime":"${time}","Stale":false,"PriceReceived":"${time}"},` +
        `{"Symbol":"ethusdt","Quantity":"10","Version":3,"Price":"3456.78","Total":"34567.8","PriceTime":"${time}","Stale":false,"PriceReceived":"${time}"}],"AsOf":"${time}"}`,
    );
  });

  it('says of another portfolio whose it is, what of it is cash, and what all of it comes to', () => {
    const { board, take, clock } = setUp();
    const holdings = [createHolding(board.listing('btcusdt', 'usdt'), '1.5', 7)];
    const cash = [
      createCash('EUR', board.listing('eurusdt', 'usdt'), '10', 4),
      createCash('GBP', board.listing('gbpusdt', 'usdt'), '3', 5),
      createCash('USDT', undefined, '120.5', 6),
    ];
    take('btcusdt', '2');
    take('eurusdt', '1.1');
    const time = new Date(clock.now()).toISOString();
    const head = renderHead({ userId: 'u1', userName: 'myuser' }, 7, { portfolioId: 'p1', baseCurrency: 'EUR' });
    expect(renderFrame(head, holdings, clock.now(), false, cash)).toBe(
      `{"UserID":"u1","UserName":"myuser","PortfolioID":"p1","BaseCurrency":"EUR","Version":7,"TotalValue":"3","Coins":[` +
        `{"Symbol":"btcusdt","Quantity":"1.5","Version":7,"Price":"2","Total":"3","PriceTime":"${time}","Stale":false,"PriceReceived":"${time}"}],"Cash":[` +
        `{"Asset":"EUR","Quantity":"10","Version":4,"Price":"1.1","Total":"11","PriceTime":"${time}","Stale":false,"PriceReceived":"${time}"},` +
        `{"Asset":"GBP","Quantity":"3","Version":5,"Price":null,"Total":null,"PriceTime":null,"Stale":true,"PriceReceived":null,"PriceState":"waiting","BaseAsset":"GBP","QuoteAsset":"USDT"},` +
        `{"Asset":"USDT","Quantity":"120.5","Version":6,"Price":"1","Total":"120.5","PriceTime":null,"Stale":false,"PriceReceived":null}],` +
        `"NetWorth":"134.5","AsOf":"${time}"}`,
    );
    expect(renderFrame(head, [], clock.now(), false, [])).toContain(
      '"TotalValue":"0","Coins":[],"Cash":[],"NetWorth":"0","AsOf"',
    );
  });

  it('leaves a coin without a price out of the sum', () => {
    const { board, take, clock } = setUp();
    const holdings = [
      createHolding(board.listing('btcusdt', 'usdt'), '2'),
      createHolding(board.listing('newusdt', 'usdt'), '5'),
    ];
    take('btcusdt', '10');
    const frame = read(renderFrame(owner, holdings, clock.now(), true));
    expect(frame.TotalValue).toBe('20');
    expect(frame.Coins[1]).toEqual({
      Symbol: 'newusdt',
      Quantity: '5',
      Version: 0,
      Price: null,
      Total: null,
      PriceTime: null,
      Stale: true,
      PriceReceived: null,
      PriceState: 'waiting',
      BaseAsset: 'NEW',
      QuoteAsset: 'USDT',
    });
    expect(frame.Simulated).toBe(true);
  });

  it('shows the price of a coin whose conversion is not known, without a total', () => {
    const { board, take, clock } = setUp();
    const holdings = [createHolding(board.listing('ethbtc', 'btc'), '2')];
    take('ethbtc', '0.05');
    expect(read(renderFrame(owner, holdings, clock.now(), false))).toMatchObject({
      TotalValue: '0',
      Coins: [{ Price: '0.05', Total: null, Stale: true }],
    });
    take('btcusdt', '60000');
    expect(read(renderFrame(owner, holdings, clock.now(), false))).toMatchObject({
      TotalValue: '6000',
      Coins: [{ Price: '0.05', Total: '6000', Stale: false }],
    });
  });

  it('is exact whatever the amounts, and computes again what a later price changed', () => {
    const amount = (digits: number, decimals: number) =>
      fc
        .tuple(
          fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n }),
          fc.stringMatching(new RegExp(`^\\d{0,${decimals}}$`)),
        )
        .map(([whole, fraction]) => new Exact(`${whole}${fraction && `.${fraction}`}`).toFixed());
    const coin = fc.record({
      quantity: amount(20, 18),
      prices: fc.array(amount(12, 12), { maxLength: 3 }),
      inBtc: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(coin, { maxLength: 12 }), amount(8, 8), (coins, rate) => {
        const { board, take, clock } = setUp();
        const holdings = coins.map((c, i) =>
          createHolding(board.listing(`c${i}${c.inBtc ? 'btc' : 'usdt'}`, c.inBtc ? 'btc' : 'usdt'), c.quantity),
        );
        for (let round = 0; round < 3; round++) {
          if (round === 1) take('btcusdt', rate);
          coins.forEach((c, i) => {
            const price = c.prices[round];
            if (price !== undefined) take(`c${i}${c.inBtc ? 'btc' : 'usdt'}`, price);
          });
          const frame = read(renderFrame(owner, holdings, clock.now(), false));
          let sum = new Exact(0);
          coins.forEach((c, i) => {
            const price = c.prices.slice(0, round + 1).at(-1);
            const known = price !== undefined && (!c.inBtc || round > 0);
            const total = known ? new Exact(c.quantity).times(price).times(c.inBtc ? rate : 1) : undefined;
            expect(frame.Coins[i]?.Price).toBe(price ?? null);
            expect(frame.Coins[i]?.Total).toBe(total?.toFixed() ?? null);
            if (total) sum = sum.plus(total);
          });
          expect(frame.TotalValue).toBe(sum.toFixed());
        }
      }),
    );
  });
});

describe('the price board', () => {
  it('does not put an old price back', () => {
    const { board, take, clock } = setUp();
    const holdings = [createHolding(board.listing('btcusdt', 'usdt'), '1')];
    const second = clock.now();
    expect(take('btcusdt', '100', { tradeId: 50, second, revision: 0 })).toBe(true);
    expect(take('btcusdt', '90', { tradeId: 40, second: second - 1000, revision: 3 })).toBe(false);
    expect(take('btcusdt', '100', { tradeId: 50, second, revision: 0 })).toBe(false);
    expect(read(renderFrame(owner, holdings, second, false)).TotalValue).toBe('100');
  });

  it('follows the next revision of the newest second', () => {
    const { board, take, clock } = setUp();
    const holdings = [createHolding(board.listing('btcusdt', 'usdt'), '1')];
    const second = clock.now();
    take('btcusdt', '100', { tradeId: 50, second, revision: 0 });
    expect(take('btcusdt', '101', { tradeId: 52, second, revision: 1 })).toBe(true);
    expect(take('btcusdt', '102', { tradeId: 52, second, revision: 2 })).toBe(true);
    expect(read(renderFrame(owner, holdings, second, false)).TotalValue).toBe('102');
  });

  it('follows a new series of ids, as another exchange has it', () => {
    const { take, clock } = setUp();
    take('btcusdt', '100', { tradeId: 3_700_000_000 });
    clock.advance(1_500);
    expect(take('btcusdt', '90', { tradeId: 7 })).toBe(false);
    clock.advance(1_000);
    expect(take('btcusdt', '90', { tradeId: 8 })).toBe(true);
  });

  it('shows a price as stale by its age without a tick, and fresh again with one', () => {
    const { board, take, clock, changed } = setUp();
    const holdings = [createHolding(board.listing('ethbtc', 'btc'), '1')];
    const stale = () => read(renderFrame(owner, holdings, clock.now(), false)).Coins[0]?.Stale;
    take('btcusdt', '2');
    clock.advance(1_000);
    take('ethbtc', '3');
    expect(stale()).toBe(false);
    clock.advance(59_500);
    changed.length = 0;
    board.sweep();
    expect(new Set(changed)).toEqual(new Set(['btcusdt', 'ethbtc']));
    expect(stale()).toBe(true);
    changed.length = 0;
    board.sweep();
    expect(changed).toEqual([]);
    take('btcusdt', '2');
    expect(stale()).toBe(false);
  });

  it('shows a broken feed as stale', () => {
    const { board, take, clock } = setUp();
    const holdings = [createHolding(board.listing('ethbtc', 'btc'), '1')];
    const stale = () => read(renderFrame(owner, holdings, clock.now(), false)).Coins[0]?.Stale;
    take('btcusdt', '2');
    take('ethbtc', '2');
    board.setFeeds(new Map([['btcusdt', { state: 'broken' }]]), false);
    expect(stale()).toBe(true);
    board.setFeeds(new Map(), false);
    expect(stale()).toBe(false);
    board.setFeeds(new Map(), true);
    expect(stale()).toBe(true);
  });
});
