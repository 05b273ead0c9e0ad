import { createManualClock, type ManualClock } from '@tickfolio/lib/clock';
import { v7 as uuid7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newOrder } from '../kit/new-order.js';
import { abandon, accept, cancel, finish, jam, leave, postpone, refuse, settle } from '../saga/decisions.js';
import { expire, fill, fillId, passOver, remember, trigger } from '../saga/fills.js';
import type { OrderStore, PlaceBounds } from './order-store.js';
import { orderView } from './order-view.js';
import type { Position } from './records.js';

export interface OpenedStore {
  readonly store: OrderStore;
  /** `order.created 1`, … of one order, in their order. */
  told(orderId: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const wide: PlaceBounds = { maxASecond: 1_000, maxOpenOfSymbol: 1_000, maxOpenOfPortfolio: 1_000 };
const leaseMs = 6_000;

/** What every store of orders does. */
export const describeOrderStore = (name: string, open: (clock: ManualClock) => Promise<OpenedStore>): void => {
  describe(`orders ${name}`, () => {
    const clock = createManualClock(Date.UTC(2026, 10, 30));
    let opened: OpenedStore;
    beforeAll(async () => {
      opened = await open(clock);
    });
    afterAll(() => opened?.close());

    /** One of a new user, on a symbol of its own. */
    const somebody = () => {
      const [userId, portfolioId] = [uuid7(), uuid7()];
      const symbol = `s${userId.slice(-8)}`;
      const tape = { venue: 'binance', symbol };
      const place = async (said: Partial<Parameters<typeof newOrder>[1]> = {}, bounds = wide) => {
        const id = uuid7();
        return opened.store.place(newOrder(id, { userId, portfolioId, symbol, ...said }), bounds, leaseMs, 'r1');
      };
      const placed = async (said: Parameters<typeof place>[0] = {}) => {
        const made = await place(said);
        if (made.kind !== 'made') throw new Error(`not made: ${made.kind}`);
        return made.order.id;
      };
      const accepted = async (said: Parameters<typeof place>[0] = {}) => {
        const id = await placed(said);
        await opened.store.change(
          id,
          accept(() => undefined),
          { tape: true },
        );
        return id;
      };
      return { userId, portfolioId, symbol, tape, place, placed, accepted };
    };
    const read = async (id: string) => {
      const state = await opened.store.read(id);
      if (!state) throw new Error('no such order');
      const { order, saga, unsettled } = state;
      return { ...orderView(order, unsettled.length), step: saga.step, order };
    };
    const positionAt = (lastTradeId: number, price = '100'): Position => ({
      lastTradeId,
      watermarkMs: lastTradeId * 1_000,
      lastTradeMs: lastTradeId * 1_000,
      lastPrice: price,
      askPrint: price,
      bidPrint: price,
      simulated: false,
    });
    /** Moves a tape on from wherever it is. */
    const advance = async (
      tape: { venue: string; symbol: string },
      to: number,
      steps: Parameters<OrderStore['advance']>[1]['steps'] = [],
    ) => {
      const { revision, position } = await opened.store.orders(tape, false);
      const from = { revision, lastTradeId: position?.lastTradeId };
      return opened.store.advance(tape, { from, to: positionAt(to), steps });
    };
    const by = (tradeId: number, quantity: string, isLast: boolean) =>
      fill({
        tradeId,
        quantity,
        isLast,
        price: '100',
        maker: true,
        tradedAtMs: tradeId * 1_000,
        trade: { price: '99.5', quantity: '7', takenBefore: '0', buyerIsMaker: true },
        feeChoices: [{ asset: 'BTC', amount: '0.001' }],
        feeScheduleId: 1,
        memory: { seen: tradeId },
      });

    it('are placed once under the name that their user gave them, with the first event', async () => {
      const { place, userId } = somebody();
      const first = await place({ clientOrderId: 'mine' });
      expect(first).toMatchObject({ kind: 'made', order: { status: 'PENDING', version: 1 } });
      const again = await place({ clientOrderId: 'mine', quantity: '2' });
      expect(again.kind === 'known' && first.kind === 'made' && again.order.id === first.order.id).toBe(true);
      expect((await opened.store.find(userId, 'mine'))?.saga.step).toBe('reserving');
      expect(await opened.store.find(uuid7(), 'mine')).toBeUndefined();
      const other = await somebody().place({ clientOrderId: 'mine' });
      expect(other.kind).toBe('made');
      expect(first.kind === 'made' && (await opened.told(first.order.id))).toEqual(['order.created 1']);
    });

    it('are no more than a user may place in a second, and may have open of a symbol and in all', async () => {
      const often = somebody();
      const twice = { ...wide, maxASecond: 2 };
      await often.place({}, twice);
      await often.place({}, twice);
      expect(await often.place({}, twice)).toEqual({ kind: 'refused', why: 'too-often' });
      clock.advance(1_001);
      expect((await often.place({}, twice)).kind).toBe('made');

      // The clock was set back: what is of later does not keep a user out until then.
      clock.advance(-3_600_000);
      expect((await often.place({}, twice)).kind).toBe('made');
      clock.advance(3_600_000);

      const many = somebody();
      const few = { ...wide, maxOpenOfSymbol: 1, maxOpenOfPortfolio: 2 };
      const id = await many.placed();
      expect(await many.place({}, few)).toEqual({ kind: 'refused', why: 'too-many-of-symbol' });
      expect((await many.place({ symbol: 'ethusdt' }, few)).kind).toBe('made');
      expect(await many.place({ symbol: 'bnbusdt' }, few)).toEqual({ kind: 'refused', why: 'too-many' });
      await opened.store.change(id, refuse({ reason: 'insufficient-balance', detail: 'There is not so much.' }));
      expect((await many.place({}, few)).kind).toBe('made');
    });

    it('are taken by nobody else before a lease is over, and by whoever comes then', async () => {
      const { placed } = somebody();
      const id = await placed();
      expect(await opened.store.claim(10, leaseMs, id)).toEqual([]);
      clock.advance(leaseMs);
      expect(await opened.store.claim(10, leaseMs, id)).toMatchObject([{ id, step: 'reserving', attempts: 2 }]);
      expect(await opened.store.claim(10, leaseMs, id)).toEqual([]);
      clock.advance(leaseMs);
      const all = await opened.store.claim(1_000, leaseMs);
      expect(all.map((due) => due.id)).toContain(id);
      await opened.store.change(
        id,
        accept(() => undefined),
        { tape: true },
      );
      clock.advance(leaseMs);
      expect(await opened.store.claim(10, leaseMs, id)).toEqual([]);
    });

    it('are put off, and given up once their reservation was asked for too long', async () => {
      const { placed } = somebody();
      const id = await placed();
      const later = { pauseMs: 400, waitedMs: 20_000, deadlineMs: 30_000, error: 'away' };
      await opened.store.change(id, postpone('reserving', later));
      expect(await opened.store.claim(1, leaseMs, id)).toEqual([]);
      clock.advance(400);
      expect(await opened.store.claim(1, leaseMs, id)).toMatchObject([{ waitedMs: 20_000 }]);
      await opened.store.change(id, postpone('reserving', later));
      expect(await opened.store.claim(1, leaseMs, id)).toMatchObject([{ step: 'abandoning' }]);
      await opened.store.change(id, postpone('reserving', later));
      await opened.store.change(id, abandon);
      expect(await read(id)).toMatchObject({ status: 'REJECTED', reason: 'timeout', step: 'done' });
      expect(await opened.told(id)).toEqual(['order.created 1', 'order.rejected 2']);
    });

    it('count from the trade at which they were accepted, or from the first that is known', async () => {
      const { tape, accepted } = somebody();
      const early = await accepted();
      expect((await read(early)).order.acceptedAfterTrade).toBeNull();
      expect(await advance(tape, 500)).toEqual({ kind: 'done', changed: [early] });
      const later = await accepted();
      await advance(tape, 600);
      expect([(await read(early)).order, (await read(later)).order]).toMatchObject([
        { acceptedAfterTrade: 500, acceptedAtMs: 500_000, status: 'NEW', working: true },
        { acceptedAfterTrade: 500, acceptedAtMs: 500_000 },
      ]);
    });

    it('are filled by trades, booked one by one and done once nothing is kept any more', async () => {
      const { tape, accepted } = somebody();
      const id = await accepted();
      await advance(tape, 100);
      expect(await advance(tape, 101, [{ orderId: id, decide: by(101, '0.4', false) }])).toEqual({
        kind: 'done',
        changed: [id],
      });
      expect(await read(id)).toMatchObject({
        ...{ status: 'PARTIALLY_FILLED', step: 'settling', settled: false, working: true },
        ...{ filledQuantity: '0.4', filledQuote: '40', averagePrice: '100', fees: [] },
        order: { matching: { seen: 101 } },
      });
      expect(await opened.store.claim(1, leaseMs, id)).toMatchObject([{ step: 'settling', attempts: 1 }]);
      await opened.store.change(id, settle(fillId(id, 101), { asset: 'BTC', quantity: '0.001' }));
      expect(await read(id)).toMatchObject({ step: 'working', settled: true });

      await advance(tape, 102, [
        { orderId: id, decide: by(102, '0.1', false) },
        { orderId: id, decide: by(103, '0.5', true) },
      ]);
      const whole = { status: 'FILLED', filledQuantity: '1', filledQuote: '100', working: false };
      expect(await read(id)).toMatchObject({ ...whole, step: 'settling', order: { endedAfterTrade: 103 } });
      await opened.store.change(id, settle(fillId(id, 103), { asset: 'BNB', quantity: '0.02' }));
      await opened.store.change(id, settle(fillId(id, 103), { asset: 'BNB', quantity: '0.02' }));
      expect(await read(id)).toMatchObject({ step: 'settling', settled: false });
      await opened.store.change(id, settle(fillId(id, 102), { asset: 'BTC', quantity: '0.0001' }));
      const fees = [
        { asset: 'BTC', quantity: '0.0011' },
        { asset: 'BNB', quantity: '0.02' },
      ];
      expect(await read(id)).toMatchObject({ ...whole, step: 'releasing', settled: true, fees });
      await opened.store.change(id, finish);
      expect((await read(id)).step).toBe('done');
      expect(await opened.told(id)).toEqual([
        'order.created 1',
        'order.accepted 2',
        'order.partially_filled 3',
        'order.settled 4',
        'order.partially_filled 5',
        'order.filled 6',
        'order.settled 7',
        'order.settled 8',
      ]);
    });

    it('are not filled by a part of the tape that another has looked at, nor while what may be filled changes (F12, F13)', async () => {
      const { tape, accepted } = somebody();
      const id = await accepted();
      await advance(tape, 100);
      const { revision, position } = await opened.store.orders(tape, false);
      const from = { revision, lastTradeId: position?.lastTradeId };
      const steps = [{ orderId: id, decide: by(101, '1', true) }];
      await advance(tape, 105);
      expect(await opened.store.advance(tape, { from, to: positionAt(101), steps })).toEqual({ kind: 'stale' });
      expect(
        await opened.store.advance(tape, { from: { revision, lastTradeId: 105 }, to: positionAt(106), steps: [] }),
      ).toEqual({ kind: 'done', changed: [] });
      await opened.store.change(id, cancel((await read(id)).order.userId), { tape: true });
      const late = { from: { revision, lastTradeId: 106 }, to: positionAt(107), steps };
      expect(await opened.store.advance(tape, late)).toEqual({ kind: 'stale' });
      expect(await read(id)).toMatchObject({
        status: 'CANCELED',
        filledQuantity: '0',
        order: { endedAfterTrade: 106 },
      });
    });

    it('of portfolios up to one are further while a trade is written in parts, and who believes otherwise writes nothing', async () => {
      const first = somebody();
      const { tape, symbol } = first;
      const second = { ...somebody(), symbol };
      const [earlier = '', later = ''] = [first.portfolioId, second.portfolioId].sort();
      await advance(tape, 100);
      const ids: string[] = [];
      for (const portfolioId of [earlier, later]) ids.push(await first.accepted({ portfolioId }));
      const [filled = '', waiting = ''] = ids;
      const before = await opened.store.orders(tape, false);
      const part = {
        from: { revision: before.revision, lastTradeId: 100 },
        ...{ to: positionAt(101, '98'), steps: [{ orderId: filled, decide: by(101, '0.5', false) }] },
        throughPortfolio: earlier,
      };
      expect(await opened.store.advance(tape, part)).toEqual({ kind: 'done', changed: [filled] });
      expect(await opened.store.advance(tape, part)).toEqual({ kind: 'stale' });
      const between = await opened.store.orders(tape, false);
      expect(between.position).toMatchObject({ lastTradeId: 100, watermarkMs: 100_000 });
      expect(between.ahead).toEqual({ throughPortfolio: earlier, position: positionAt(101, '98') });

      const coming = [await first.accepted({ portfolioId: earlier }), await first.accepted({ portfolioId: later })];
      const accepted = await Promise.all(coming.map(read));
      expect(accepted.map(({ order }) => order.acceptedAfterTrade)).toEqual([101, 100]);
      for (const id of [filled, waiting]) await opened.store.change(id, cancel(first.userId), { tape: true });
      const ended = await Promise.all([filled, waiting].map(read));
      expect(ended.map(({ order }) => order.endedAfterTrade)).toEqual([101, 100]);

      // Something before the trade is known not to be one: what is further stays so.
      await advance(tape, 100);
      expect((await opened.store.orders(tape, false)).ahead).toEqual(between.ahead);
      await advance(tape, 101);
      expect((await opened.store.orders(tape, false)).ahead).toBeUndefined();
    });

    it('are not filled once they have ended, whatever is matched', async () => {
      const { tape, accepted, userId } = somebody();
      const id = await accepted();
      await advance(tape, 100);
      await opened.store.change(id, cancel(userId), { tape: true });
      await advance(tape, 101, [{ orderId: id, decide: by(101, '1', true) }]);
      expect(await read(id)).toMatchObject({ status: 'CANCELED', filledQuantity: '0', step: 'releasing' });
      expect(await opened.store.change(id, cancel(userId), { tape: true })).toEqual({ kind: 'already-ended' });
    });

    it('are listed for matching with all that it knows of them, the oldest first', async () => {
      const { tape, accepted, placed } = somebody();
      const [first, second] = [await accepted(), await accepted({ stopPrice: '90', type: 'STOP_LOSS_LIMIT' })];
      await placed();
      await accepted({ simulated: true });
      await advance(tape, 100);
      const listed = await opened.store.orders(tape, false);
      expect(listed.orders.map(({ id, working }) => [id, working])).toEqual([
        [first, true],
        [second, false],
      ]);
      await advance(tape, 101, [
        { orderId: second, decide: trigger(101) },
        { orderId: first, decide: remember({ ahead: '3' }) },
        { orderId: first, decide: passOver({ from: 7, to: 9 }) },
      ]);
      expect((await opened.store.orders(tape, false)).orders).toMatchObject([
        { id: first, matching: { ahead: '3' }, gap: { from: 7, to: 9 }, version: 2 },
        { id: second, working: true, triggeredAfterTrade: 101, version: 3 },
      ]);
      await advance(tape, 102, [{ orderId: second, decide: expire('protection', 102) }]);
      expect(await read(second)).toMatchObject({ status: 'EXPIRED', reason: 'protection', step: 'releasing' });
      expect(await opened.told(second)).toEqual([
        'order.created 1',
        'order.accepted 2',
        'order.triggered 3',
        'order.expired 4',
      ]);
    });

    it('that wait for their reservation are cancelled whatever that comes to, and never seen as taken (F8)', async () => {
      const { placed, userId } = somebody();
      const [kept, refused] = [await placed(), await placed()];
      for (const id of [kept, refused])
        expect(await opened.store.change(id, cancel(userId), { tape: true })).toEqual({ kind: 'noted' });
      await opened.store.change(
        kept,
        accept(() => undefined),
        { tape: true },
      );
      await opened.store.change(refused, refuse({ reason: 'insufficient-balance', detail: 'Not so much.' }));
      for (const id of [kept, refused]) {
        expect(await read(id)).toMatchObject({ status: 'CANCELED', reason: 'user', step: 'releasing' });
        expect(await opened.told(id)).toEqual(['order.created 1', 'order.cancelled 2']);
      }
    });

    it('that may not be there by the time they are accepted are refused, and get back what was kept', async () => {
      const { tape, placed } = somebody();
      const id = await placed();
      await advance(tape, 100);
      await opened.store.change(
        id,
        accept(() => ({ reason: 'would-take', detail: 'It would match at once.' })),
        {
          tape: true,
        },
      );
      expect(await read(id)).toMatchObject({ status: 'REJECTED', reason: 'would-take', step: 'releasing' });
    });

    it('of somebody else are not there, and of a portfolio that is gone nothing is to be done', async () => {
      const { placed, accepted } = somebody();
      const id = await accepted();
      expect(await opened.store.change(id, cancel('another'), { tape: true })).toEqual({ kind: 'not-found' });
      expect(await opened.store.change(uuid7(), finish)).toBeUndefined();
      await opened.store.change(id, leave);
      expect(await read(id)).toMatchObject({ status: 'CANCELED', reason: 'gone', step: 'done' });
      const waiting = await placed();
      await opened.store.change(waiting, leave);
      expect(await read(waiting)).toMatchObject({ status: 'REJECTED', reason: 'gone', step: 'done' });
    });

    it('of a portfolio that does not add up are not taken any more', async () => {
      const { accepted, place } = somebody();
      const id = await accepted();
      await opened.store.change(id, jam('Settle: exceeds-reservation'));
      expect(await read(id)).toMatchObject({ status: 'NEW', step: 'stuck' });
      expect(await place()).toEqual({ kind: 'refused', why: 'under-review' });
    });
  });
};
