import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { afterEach, describe, expect, it } from 'vitest';
import { createFollowedTape, tape } from '../kit/followed-tape.js';
import type { Follower } from './follower.js';

const open: Follower[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
const begin = async (given: Parameters<typeof createFollowedTape>[0] = {}) => {
  const all = createFollowedTape(given);
  all.exchange.trade('100', '1', 'buyer', 1_000);
  const follower = all.start();
  open.push(follower);
  const reference = await all.whileTimePasses(follower.reference());
  return { ...all, follower, reference };
};

describe('a tape that is followed', () => {
  it('begins with the newest trade, and says what is known of it', async () => {
    const { reference, position } = await begin();
    expect(reference && formatDecimal(reference.lastPrice)).toBe('100');
    expect(await position()).toMatchObject({ lastTradeId: 1, lastTradeMs: 1_000, simulated: false });
  });

  it('fills an order by a trade at once, names the trade, and has the order looked after', async () => {
    const { order, exchange, read, until, woken, kept } = await begin();
    const id = await order({ price: '99', quantity: '2' });
    exchange.trade('98.5', '1.5', 'seller', 2_000);
    await until(async () => (await read(id)).status === 'PARTIALLY_FILLED', 'it is filled');
    expect([...kept.fills.values()]).toMatchObject([
      { tradeId: 2, price: '99', quantity: '1.5', maker: true, feeChoices: [{ asset: 'BTC', amount: '0.0015' }] },
    ]);
    expect(woken).toContain(id);
    exchange.trade('98', '1.5', 'seller', 3_000);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
    expect((await read(id)).endedAfterTrade).toBe(3);
  });

  it('never counts a trade of before an order was accepted', async () => {
    const { order, exchange, read, caughtUp, follower, whileTimePasses } = await begin();
    exchange.trade('90', '1', 'seller', 2_000);
    await whileTimePasses(follower.reference());
    const id = await order({ price: '95' });
    exchange.trade('96', '1', 'seller', 3_000);
    await caughtUp();
    expect((await read(id)).acceptedAfterTrade).toBe(2);
    expect((await read(id)).status).toBe('NEW');
  });

  it('offers BNB for a fee where the portfolio pays in it, with the price that it was computed by', async () => {
    const { order, exchange, caughtUp, kept } = await begin();
    await order({ price: '99', quantity: '2', feeAsset: 'BNB' });
    exchange.trade('98', '9', 'seller', 2_000);
    await caughtUp();
    const [fill] = kept.fills.values();
    expect(fill?.discountPrice).toBe('600');
    expect(fill?.feeChoices.map(({ asset }) => asset)).toEqual(['BNB', 'BTC']);
  });

  it('offers BNB for the first fill too, though its price is known only some time after it was asked for', async () => {
    let isAsked = false;
    const priceOf = () => {
      const price = isAsked ? parseDecimal('600') : undefined;
      isAsked = true;
      return price;
    };
    const { order, exchange, caughtUp, kept, until } = await begin({ priceOf });
    await order({ price: '99', quantity: '2', feeAsset: 'BNB' });
    await until(() => isAsked, 'the price of BNB is asked for');
    exchange.trade('98', '9', 'seller', 2_000);
    await caughtUp();
    const [fill] = kept.fills.values();
    expect(fill?.feeChoices.map(({ asset }) => asset)).toEqual(['BNB', 'BTC']);
  });

  it('has silence proven at the end of a window, and ends the order by what that shows', async () => {
    const { order, exchange, read, until, clock } = await begin();
    const id = await order({ price: '101', timeInForce: 'IOC' });
    await clock.advanceAsync(2_500);
    expect(exchange.proofs).toEqual([]);
    expect((await read(id)).status).toBe('NEW');
    await until(() => exchange.proofs.length > 0, 'silence is asked for');
    expect((await read(id)).status).toBe('NEW');
    exchange.silentUntil(10_000);
    await until(async () => (await read(id)).status === 'EXPIRED', 'it ends');
    expect((await read(id)).reason).toBe('time-in-force');
  });

  it('has silence proven before a window begins, so that an order on a pair that was silent for 90 s has its whole window', async () => {
    const { order, exchange, read, until, clock, follower, whileTimePasses } = await begin();
    await clock.advanceAsync(90_000);
    exchange.silentUntil(90_000);
    await whileTimePasses(follower.reference(true));
    const id = await order({ type: 'MARKET', price: null, quantity: '1', protection: '105' });
    expect((await read(id)).acceptedAtMs).toBe(90_000);
    // 140 s after the last trade, and within the 60 s of the order.
    exchange.silentUntil(140_000);
    await clock.advanceAsync(50_000);
    expect((await read(id)).status).toBe('NEW');
    exchange.trade('100', '1', 'buyer', 140_500);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
  });

  it('asks nobody for silence where something of now was just heard, and says so where it cannot be proven', async () => {
    const { exchange, clock, follower, whileTimePasses } = await begin();
    exchange.trade('100', '1', 'buyer', 2_000);
    await clock.advanceAsync(20);
    await whileTimePasses(follower.reference(true));
    expect(exchange.proofs).toEqual([]);
    await clock.advanceAsync(5_000);
    exchange.refuseProofs('The history is closed.');
    await expect(whileTimePasses(follower.reference(true))).rejects.toThrow('The history is closed.');
    await whileTimePasses(follower.reference());
  });

  it('says that the trades of before it begins cannot be had, and begins without them', async () => {
    const all = createFollowedTape();
    all.exchange.trade('100', '1', 'buyer', 1_000);
    all.exchange.failHistory('The exchange is away.');
    const follower = all.start();
    open.push(follower);
    expect(await all.whileTimePasses(follower.reference())).toBeDefined();
    expect(all.missed.count).toBe(1);
  });

  it('passes over trades that nobody can have, and says so of the orders', async () => {
    const { order, exchange, read, caughtUp, until } = await begin();
    const id = await order({ price: '90' });
    exchange.lose(2, 5);
    exchange.trade('99', '1', 'seller', 6_000, 6);
    await caughtUp();
    expect((await read(id)).gap).toEqual({ from: 2, to: 5 });
    exchange.trade('80', '1', 'seller', 7_000);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
  });

  it('goes on where the exchange begins its ids anew', async () => {
    const { order, exchange, read, until, position } = await begin();
    for (let at = 2; at < 50; at++) exchange.trade('100', '1', 'buyer', at * 1_000);
    await until(async () => (await position())?.lastTradeId === 49, 'all are looked at');
    const id = await order({ price: '90' });
    const again = { price: '95', quantity: '1', tradeTimeMs: 60_000, buyerIsMaker: true };
    exchange.renumber([{ ...again, id: 7 }]);
    await until(async () => (await position())?.lastTradeId === 7, 'they begin anew');
    expect(await read(id)).toMatchObject({ status: 'NEW', acceptedAfterTrade: 6, gap: { from: 50, to: 6 } });
    exchange.trade('89', '1', 'seller', 61_000);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
  });

  it('leaves orders alone while prices are of the other kind', async () => {
    const { order, exchange, read, until, store, kept } = await begin();
    const id = await order({ price: '90' });
    const made = { quantity: '5', tradeTimeMs: 60_000, buyerIsMaker: true };
    exchange.turn(true, [{ ...made, id: 3, price: '10' }]);
    const isMade = async () => (await store.orders({ venue: 'binance', symbol: 'btcusdt' }, true)).position?.simulated;
    await until(async () => (await isMade()) === true, 'made-up trades are followed');
    exchange.trade('9', '5', 'seller', 61_000);
    await until(async () => [...kept.tapes.values()][0]?.position?.lastTradeId === 4, 'all are looked at');
    expect((await read(id)).status).toBe('NEW');
    exchange.turn(false, [{ ...made, id: 1_000, price: '95' }]);
    await until(async () => (await isMade()) === false, 'real ones are followed');
    expect((await read(id)).gap).toEqual({ from: 2, to: 1_000 });
    exchange.trade('89', '5', 'seller', 99_000);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
  });

  it('says that no trades can be had, and goes on by itself when they can', async () => {
    const { exchange, follower, whileTimePasses, order, read, until } = await begin();
    const id = await order({ price: '90' });
    exchange.fail('The aggregator is away.');
    await until(() => follower.problem !== undefined, 'it is told');
    await expect(whileTimePasses(follower.reference())).rejects.toThrow('The aggregator is away.');
    exchange.trade('80', '1', 'seller', 5_000);
    exchange.fail(undefined);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
    expect(follower.problem).toBeUndefined();
  });

  it('says nothing of a symbol that was never traded', async () => {
    const all = createFollowedTape();
    const follower = all.start();
    open.push(follower);
    expect(await all.whileTimePasses(follower.reference())).toBeUndefined();
  });

  it('goes on with the newest trade where no order was open meanwhile', async () => {
    const { exchange, follower, start, whileTimePasses, position } = await begin();
    await follower.close();
    for (let at = 2; at < 90; at++) exchange.trade('100', '1', 'buyer', at * 1_000);
    const next = start();
    open.push(next);
    await whileTimePasses(next.reference());
    expect((await position())?.lastTradeId).toBe(89);
  });

  it('looks on while another replica writes, and takes over from where that one came', async () => {
    const { exchange, order, read, start, caughtUp, whileTimePasses, until, hold, follower } = await begin();
    const id = await order({ price: '90', quantity: '2' });
    exchange.trade('89', '1', 'seller', 2_000);
    await caughtUp();
    hold(false);
    await follower.close();
    const standby = start();
    open.push(standby);
    exchange.trade('88', '1', 'seller', 3_000);
    await expect(whileTimePasses(standby.reference())).rejects.toThrow('not stored yet');
    expect((await read(id)).filledQuantity).toBe('1');
    hold(true);
    await until(async () => (await read(id)).status === 'FILLED', 'it is filled');
  });

  it('says a price while another replica writes what is traded without a pause', async () => {
    const { exchange, store, hold, follower, position, clock } = await begin();
    const to = await position();
    if (!to) throw new Error('nothing is stored');
    hold(false);
    for (const ms of [2_000, 3_000]) exchange.trade('100', '1', 'buyer', ms);
    await clock.advanceAsync(25);
    let said: unknown;
    void follower.reference().then(
      (reference) => {
        said = reference?.lastTradeId;
      },
      (thrown: unknown) => {
        said = thrown;
      },
    );
    // The other one stores at each moment what was told before it.
    for (let id = 2; said === undefined; id++) {
      exchange.trade('100', '1', 'buyer', (id + 2) * 1_000);
      const { revision, position: before } = await store.orders(tape, false);
      const from = { revision, lastTradeId: before?.lastTradeId };
      await store.advance(tape, { from, to: { ...to, lastTradeId: id }, steps: [] });
      await clock.advanceAsync(25);
    }
    expect(said).toEqual(expect.any(Number));
  });
});
