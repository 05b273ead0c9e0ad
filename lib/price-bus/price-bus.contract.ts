import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { becomes } from '../kit/becomes.js';
import type { PubSub } from '../pubsub/pubsub.js';
import { createPriceBus, type LastPrice, type PriceBus, type SecondStat } from './price-bus.js';

/** The pub/sub under the bus; `end` closes it. */
export interface OpenedCarrier {
  readonly pubsub: PubSub;
  end(): Promise<void>;
}

/** What the price bus must do over every pub/sub. */
export const priceBusContract = (name: string, open: () => Promise<OpenedCarrier>): void => {
  describe(`price bus contract: ${name}`, () => {
    let carrier: OpenedCarrier;
    let bus: PriceBus;
    let round = 0;
    /** No test sees another's symbols. */
    const symbol = (base: string) => `${base}${round}usdt`;
    const stat = (base: string, lastTradeId: number, close: string, more: Partial<SecondStat> = {}): SecondStat => ({
      symbol: symbol(base),
      second: 1_769_508_000_000 + lastTradeId * 1_000,
      open: close,
      high: close,
      low: close,
      close,
      volume: '1.5',
      quoteVolume: '3',
      trades: 1,
      firstTradeId: lastTradeId,
      lastTradeId,
      lastTradeTime: 1_769_508_000_500 + lastTradeId * 1_000,
      complete: true,
      revision: 0,
      ...more,
    });
    const lastOf = (given: SecondStat): LastPrice => ({
      symbol: given.symbol,
      price: given.close,
      timeMs: given.lastTradeTime,
      tradeId: given.lastTradeId,
    });
    const follow = async (bases: readonly string[]) => {
      const seen: SecondStat[] = [];
      const malformed: string[] = [];
      const subscription = await bus.subscribe(bases.map(symbol), {
        second: (second) => void seen.push(second),
        malformed: (channel, reason) => void malformed.push(`${channel}: ${reason}`),
      });
      return { seen, malformed, subscription };
    };

    beforeEach(async () => {
      round++;
      carrier = await open();
      bus = createPriceBus(carrier.pubsub);
    });
    afterEach(() => carrier.end());

    it('carries each second to those who follow its symbol, whole and in order', async () => {
      const both = await follow(['btc', 'eth']);
      const one = await follow(['eth']);
      const sent = Array.from({ length: 50 }, (_, i) => stat(i % 2 ? 'eth' : 'btc', i + 1, `1.${i + 1}`));
      for (const second of sent) bus.publish(second);
      await becomes(() => both.seen.length, 50);
      expect(both.seen).toEqual(sent);
      await becomes(
        () => one.seen,
        sent.filter((second) => second.symbol === symbol('eth')),
      );
    });

    it('follows and leaves symbols of a living subscription', async () => {
      const { seen, subscription } = await follow(['btc']);
      await subscription.add([symbol('eth')]);
      await subscription.remove([symbol('btc')]);
      bus.publish(stat('btc', 1, '1'));
      bus.publish(stat('eth', 1, '2'));
      await becomes(() => seen, [stat('eth', 1, '2')]);
    });

    it('uses the lower-case symbol as the channel and the contract fields as the message', async () => {
      const seen: [string, unknown][] = [];
      await carrier.pubsub.subscribe([symbol('btc')], {
        message: (channel, text) => void seen.push([channel, JSON.parse(text)]),
      });
      bus.publish(stat('btc', 1, '68123.45'));
      await becomes(() => seen, [[symbol('btc'), stat('btc', 1, '68123.45')]]);
    });

    it('keeps the close of a second as the last price, there already when the second arrives', async () => {
      const found: Promise<Map<string, LastPrice>>[] = [];
      await bus.subscribe([symbol('btc')], { second: () => void found.push(bus.last([symbol('btc')])) });
      bus.publish(stat('btc', 7, '68123.45'));
      await becomes(() => found.length, 1);
      expect(await found[0]).toEqual(new Map([[symbol('btc'), lastOf(stat('btc', 7, '68123.45'))]]));
    });

    it('knows no last price of a symbol that never had one', async () => {
      await follow(['btc']);
      bus.publish(stat('btc', 1, '1'));
      await becomes(
        async () => [...(await bus.last([symbol('eth'), symbol('btc'), symbol('none')])).keys()],
        [symbol('btc')],
      );
      expect(await bus.last([])).toEqual(new Map());
    });

    it('a publisher that begins puts no older last price over a newer one, and none of the other kind is newer', async () => {
      const [btc, eth, sol] = ['btc', 'eth', 'sol'] as const;
      const real = { simulated: false };
      for (const base of [btc, eth, sol]) bus.publishPrice({ ...lastOf(stat(base, 1_000, '70000')), ...real });
      await bus.settled();
      const restarted = createPriceBus(carrier.pubsub);
      const kept = await restarted.resume([btc, eth, sol, 'none'].map(symbol));
      expect(kept.get(symbol(btc))?.last).toMatchObject({ tradeId: 1_000, price: '70000', ...real });
      expect(kept.get(symbol('none'))).toEqual({});
      restarted.publishPrice({ ...lastOf(stat(btc, 900, '60000')), ...real });
      restarted.publish(stat(eth, 901, '60001'), undefined, false);
      restarted.publishPrice({ ...lastOf(stat(sol, 902, '60002')), simulated: true });
      const found = await restarted.last([btc, eth, sol].map(symbol));
      expect([...found.values()].map(({ tradeId }) => tradeId)).toEqual([1_000, 1_000, 902]);
    });

    it('a last price that the server lost is put back by whoever publishes the symbol again', async () => {
      bus.publishPrice(lastOf(stat('btc', 1_000, '70000')));
      await bus.settled();
      carrier.pubsub.retain({ key: `last:${symbol('btc')}`, text: JSON.stringify(lastOf(stat('btc', 900, '60000'))) });
      await bus.resume([symbol('btc')]);
      await bus.settled();
      expect((await bus.last([symbol('btc')])).get(symbol('btc'))).toMatchObject({ tradeId: 1_000 });
    });

    it('keeps how far a symbol is published, in the step of the second itself, until it is forgotten', async () => {
      const at = (second: number, tradeId: number, final = true) => ({
        second,
        tradeId,
        tradeTimeMs: second + 1,
        revision: 1,
        final,
      });
      const through = { symbol: symbol('btc'), last: at(1_000, 4), later: [at(3_000, 9, false)] };
      const found: Promise<Map<string, unknown>>[] = [];
      await bus.subscribe([symbol('btc')], {
        second: () => void found.push(bus.through([symbol('eth'), symbol('btc')])),
      });
      bus.publish(stat('btc', 9, '9'), through);
      await becomes(() => found.length, 1);
      expect(await found[0]).toEqual(new Map([[symbol('btc'), through]]));
      bus.publishPrice(lastOf(stat('btc', 10, '10')));
      bus.publish(stat('btc', 10, '10'));
      await bus.settled();
      expect(await bus.through([symbol('btc')])).toEqual(new Map([[symbol('btc'), through]]));
      bus.publish(stat('btc', 11, '11'), { ...through, last: at(4_000, 11), later: [], by: 'me' });
      expect((await bus.through([symbol('btc')])).get(symbol('btc'))).toMatchObject({
        last: { tradeId: 11 },
        later: [],
        by: 'me',
      });
      bus.keepThrough(through);
      expect((await bus.resume([symbol('btc')])).get(symbol('btc'))).toMatchObject({ through, last: { tradeId: 11 } });
      bus.forgetThrough(symbol('btc'));
      await bus.settled();
      expect(await bus.through([symbol('btc')])).toEqual(new Map());
      carrier.pubsub.retain({ key: `through:${symbol('btc')}`, text: '{"symbol":1}' });
      carrier.pubsub.retain({ key: `through:${symbol('eth')}`, text: 'garbage' });
      await bus.settled();
      expect(await bus.through([symbol('btc'), symbol('eth')])).toEqual(new Map());
    });

    it('never lets the last price go back: a repaired old second is sent, the price stays', async () => {
      const { seen } = await follow(['btc']);
      const newest = stat('btc', 9, '9');
      const repaired = stat('btc', 5, '5', { revision: 1 });
      bus.publish(newest);
      bus.publish(repaired);
      bus.setLast({ ...lastOf(newest), price: '8', tradeId: 8 });
      await becomes(() => seen, [newest, repaired]);
      expect(await bus.last([symbol('btc')])).toEqual(new Map([[symbol('btc'), lastOf(newest)]]));
    });

    it("orders last prices by the exchange's ids, not by time, and follows ids that begin anew", async () => {
      const known = lastOf(stat('btc', 9, '9'));
      const kept = () => bus.last([symbol('btc')]).then((last) => last.get(symbol('btc'))?.price);
      const cases: [Partial<LastPrice>, string][] = [
        [{ price: '10', tradeId: 10 }, '10'],
        [{ price: '11', tradeId: 11, timeMs: known.timeMs - 1 }, '11'],
        [{ price: 'x', tradeId: 11, timeMs: known.timeMs + 60_000 }, '11'],
        [{ price: 'x', tradeId: 10, timeMs: known.timeMs + 1_000 }, '11'],
        [{ price: '1', tradeId: 1, timeMs: known.timeMs + 2_000 }, '1'],
      ];
      bus.setLast(known);
      for (const [next, expected] of cases) {
        bus.setLast({ ...known, ...next });
        await becomes(kept, expected);
      }
    });

    it('sends a price ahead of its second to those who ask for it, once, and keeps it', async () => {
      const prices: LastPrice[] = [];
      const subscription = await bus.subscribe([symbol('btc')], {
        second: () => undefined,
        price: (last) => void prices.push(last),
      });
      await subscription.add([symbol('eth')]);
      const secondsOnly = await follow(['btc', 'eth']);
      const [btc, eth, late] = [stat('btc', 5, '5'), stat('eth', 6, '6'), stat('btc', 4, '4')];
      bus.publishPrice(lastOf(btc));
      bus.publishPrice(lastOf(btc));
      bus.publishPrice(lastOf(late));
      bus.publishPrice(lastOf(eth));
      bus.publish(btc);
      await becomes(() => secondsOnly.seen, [btc]);
      await becomes(() => prices, [lastOf(btc), lastOf(eth)]);
      expect(secondsOnly.malformed).toEqual([]);
      expect(await bus.last([symbol('btc'), symbol('eth')])).toEqual(
        new Map([btc, eth].map((one) => [one.symbol, lastOf(one)])),
      );
      await subscription.remove([symbol('eth')]);
      bus.publishPrice(lastOf(stat('eth', 7, '7')));
      bus.publishPrice(lastOf(stat('btc', 8, '8')));
      await becomes(() => prices.at(-1), lastOf(stat('btc', 8, '8')));
      expect(prices).toHaveLength(3);
    });

    it('skips what is no price and says why', async () => {
      const malformed: string[] = [];
      const prices: LastPrice[] = [];
      await bus.subscribe([symbol('btc')], {
        second: () => undefined,
        price: (last) => void prices.push(last),
        malformed: (channel, reason) => void malformed.push(`${channel}: ${reason}`),
      });
      const channel = `price:${symbol('btc')}`;
      const good = lastOf(stat('btc', 1, '1'));
      carrier.pubsub.publish(channel, 'garbage');
      carrier.pubsub.publish(channel, JSON.stringify({ ...good, symbol: symbol('eth') }));
      bus.publishPrice(good);
      await becomes(() => prices, [good]);
      expect(malformed).toEqual([`${channel}: no last price`, `${channel}: is about ${symbol('eth')}`]);
    });

    it('keeps with a last price whether it is simulated, where that is known', async () => {
      bus.publish(stat('btc', 1, '1'), undefined, true);
      bus.publishPrice({ ...lastOf(stat('eth', 1, '2')), simulated: false });
      bus.publish(stat('bnb', 1, '3'));
      await bus.settled();
      const kinds = async () =>
        [...(await bus.last(['btc', 'eth', 'bnb'].map(symbol))).values()].map(({ simulated }) => simulated);
      expect(await kinds()).toEqual([true, false, undefined]);
      bus.publish(stat('eth', 2, '2'), undefined, true);
      await becomes(kinds, [true, true, undefined]);
    });

    it('keeps a last price without sending anything', async () => {
      const { seen } = await follow(['btc']);
      const last = { symbol: symbol('btc'), price: '1.25', timeMs: 1, tradeId: 1 };
      bus.setLast(last);
      await becomes(() => bus.last([symbol('btc')]), new Map([[symbol('btc'), last]]));
      bus.publish(stat('btc', 2, '2'));
      await becomes(() => seen, [stat('btc', 2, '2')]);
    });

    it('skips what is no second and says why, and goes on', async () => {
      const { seen, malformed } = await follow(['btc']);
      carrier.pubsub.publish(symbol('btc'), 'garbage');
      carrier.pubsub.publish(symbol('btc'), JSON.stringify({ ...stat('btc', 1, '1'), close: 1.5 }));
      carrier.pubsub.publish(symbol('btc'), JSON.stringify(stat('eth', 1, '1')));
      bus.publish(stat('btc', 2, '2'));
      await becomes(() => seen, [stat('btc', 2, '2')]);
      expect(malformed).toEqual([
        `${symbol('btc')}: not JSON`,
        `${symbol('btc')}: close is not a decimal text`,
        `${symbol('btc')}: is about ${symbol('eth')}`,
      ]);
    });

    it('passes over a kept text that is no last price', async () => {
      await follow(['btc']);
      carrier.pubsub.retain({ key: `last:${symbol('btc')}`, text: 'garbage' });
      bus.publish(stat('eth', 1, '2'));
      await becomes(async () => [...(await bus.last([symbol('btc'), symbol('eth')])).keys()], [symbol('eth')]);
    });

    it('is as well as what carries it', async () => {
      await follow(['btc']);
      expect(await bus.check()).toBeUndefined();
      await carrier.pubsub.close();
      expect(await bus.check()).toEqual(expect.any(String));
    });
  });
};
