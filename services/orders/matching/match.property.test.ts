import { seedsOf } from '@tickfolio/lib/kit/counts';
import { add, compare, formatDecimal, multiply, subtract, zero } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { d, said } from '../kit/matching.js';
import { anyOrders, anyTape } from '../kit/random-tape.js';
import type { MatchedOrder, Reference, TapeTrade } from '../rules/order.js';
import { match } from './match.js';
import { type MatchRules, usualMatchRules } from './match-rules.js';
import { referenceAfter } from './prints.js';
import { afterMatch } from './progress.js';
import { replay } from './replay.js';
import type { FillStep, MatchStep } from './steps.js';

const runs = { numRuns: seedsOf(100) };
const before: Reference = {
  ...{ lastPrice: d('100'), askPrint: d('100.1'), bidPrint: d('100') },
  ...{ watermarkMs: 0, lastTradeId: 0, lastTradeMs: 0 },
};
const anyRules: fc.Arbitrary<MatchRules> = fc.constantFrom(
  usualMatchRules,
  { ...usualMatchRules, touch: 'always' },
  { ...usualMatchRules, throughShare: d('0.2'), takeShare: d('0.5') },
);
const scene = anyTape.chain((tape) => fc.record({ tape: fc.constant(tape), orders: anyOrders(tape), rules: anyRules }));
const endMs = (tape: readonly TapeTrade[]) => (tape.at(-1)?.timeMs ?? 0) + 61_000;
const fillsOf = (steps: readonly MatchStep[]) => steps.filter((step): step is FillStep => step.kind === 'fill');

/** What is stored between two batches is text. */
const stored = (order: MatchedOrder): MatchedOrder => ({
  ...order,
  filledQuantity: d(formatDecimal(order.filledQuantity)),
  filledQuote: d(formatDecimal(order.filledQuote)),
  ...(order.memory === undefined ? {} : { memory: JSON.parse(JSON.stringify(order.memory)) }),
});

describe('matching', () => {
  it('comes to the same wherever the trades are cut into batches, and however far each is proven', () => {
    const cut = fc.record({ at: fc.integer({ min: 0, max: 40 }), ahead: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(scene, fc.array(cut, { maxLength: 6 }), ({ tape, orders, rules }, cuts) => {
        const whole = match({ orders, trades: tape, before, watermarkMs: endMs(tape), rules }).steps.map(said);
        const steps: string[] = [];
        let [open, reference, from] = [orders, before, 0];
        const ends = [...cuts, { at: 40, ahead: 1 }].sort((a, b) => a.at - b.at || a.ahead - b.ahead);
        for (const { at, ahead } of ends) {
          const to = Math.min(at, tape.length);
          const trades = tape.slice(from, to);
          const lastMs = tape[to - 1]?.timeMs ?? 0;
          const nextMs = tape[to]?.timeMs ?? endMs(tape);
          const watermarkMs = Math.floor(lastMs + ahead * (nextMs - lastMs));
          // Those that are accepted later are not there yet.
          const here = open.filter(({ acceptedAfterTrade }) => acceptedAfterTrade <= to);
          const matched = match({ orders: here, trades, before: reference, watermarkMs, rules });
          steps.push(...matched.steps.map(said));
          const left = new Map(afterMatch(here, matched).map((order) => [order.id, stored(order)]));
          open = open.flatMap((order) => (here.includes(order) ? (left.get(order.id) ?? []) : order));
          reference = referenceAfter(reference, trades, watermarkMs) ?? reference;
          from = to;
        }
        expect(steps).toEqual(whole);
      }),
      runs,
    );
  });

  it('comes to the same where trades are told again, after a restart or in between', () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 0, max: 40 }), fc.nat(40), ({ tape, orders, rules }, from, length) => {
        const again = [...tape.slice(0, from + length), ...tape.slice(from)];
        const by = (trades: readonly TapeTrade[]) =>
          match({ orders, trades, before, watermarkMs: endMs(tape), rules }).steps.map(said);
        expect(by(again)).toEqual(by(tape));
        expect(referenceAfter(before, again, 0)).toEqual(referenceAfter(before, tape, 0));
        expect(match({ orders, trades: tape, before: { ...before, lastTradeId: 40 }, watermarkMs: 0 }).steps).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  it('never fills more than was ordered, nor at a price that is worse than its limit (nautilus_trader#1639)', () => {
    fc.assert(
      fc.property(scene, ({ tape, orders, rules }) => {
        const { steps } = match({ orders, trades: tape, before, watermarkMs: endMs(tape), rules });
        for (const { id, plan, protection } of orders) {
          const own = fillsOf(steps).filter(({ orderId }) => orderId === id);
          const quantity = own.reduce((sum, fill) => add(sum, fill.quantity), zero);
          const quote = own.reduce((sum, fill) => add(sum, multiply(fill.quantity, fill.price)), zero);
          if (plan.quantity) expect(compare(quantity, plan.quantity)).toBeLessThanOrEqual(0);
          if (plan.quoteQuantity) expect(compare(quote, plan.quoteQuantity)).toBeLessThanOrEqual(0);
          const isDone = own.some(({ isLast }) => isLast);
          if (plan.quantity && isDone) expect(compare(quantity, plan.quantity)).toBe(0);
          expect(new Set(own.map(({ trade }) => trade.id)).size).toBe(own.length);
          const bound = plan.price ?? protection;
          for (const { price, maker } of own) {
            if (maker) expect(compare(price, plan.price ?? zero)).toBe(0);
            if (bound) expect(compare(price, bound) * (plan.side === 'BUY' ? 1 : -1)).toBeLessThanOrEqual(0);
          }
        }
      }),
      runs,
    );
  });

  it('never gives a better price than the trade, nor a taker one inside the spread', () => {
    fc.assert(
      fc.property(scene, ({ tape, orders, rules }) => {
        const sides = new Map(orders.map(({ id, plan }) => [id, plan.side]));
        for (const { orderId, price, trade, maker } of fillsOf(
          match({ orders, trades: tape, before, watermarkMs: endMs(tape), rules }).steps,
        )) {
          const isBuy = sides.get(orderId) === 'BUY';
          expect(compare(price, trade.price) * (isBuy ? 1 : -1)).toBeGreaterThanOrEqual(0);
          const known = referenceAfter(before, tape.slice(0, trade.id), 0);
          if (!maker && known && isBuy) expect(compare(price, known.askPrint)).toBeGreaterThanOrEqual(0);
          if (!maker && known && !isBuy) expect(compare(price, known.bidPrint)).toBeLessThanOrEqual(0);
        }
      }),
      runs,
    );
  });

  it('spends the volume of a trade once, and says of each part what was spent before', () => {
    fc.assert(
      fc.property(scene, ({ tape, orders, rules }) => {
        const fills = fillsOf(match({ orders, trades: tape, before, watermarkMs: endMs(tape), rules }).steps);
        for (const trade of tape) {
          const parts = fills.filter((fill) => fill.trade.id === trade.id);
          parts.sort((a, b) => compare(a.takenBefore, b.takenBefore));
          let taken = zero;
          for (const { takenBefore, quantity } of parts) {
            // What an order of all or nothing had kept, and did not get, is nobody's.
            expect(compare(takenBefore, taken)).toBeGreaterThanOrEqual(0);
            taken = add(takenBefore, quantity);
          }
          expect(compare(taken, trade.quantity)).toBeLessThanOrEqual(0);
        }
      }),
      runs,
    );
  });

  it('fills all or nothing of FOK, and nothing after a window or of a trade of before', () => {
    fc.assert(
      fc.property(scene, ({ tape, orders, rules }) => {
        const { steps } = match({ orders, trades: tape, before, watermarkMs: endMs(tape), rules });
        for (const { id, plan, acceptedAfterTrade, acceptedAtMs } of orders) {
          const own = fillsOf(steps).filter(({ orderId }) => orderId === id);
          for (const { trade } of own) {
            expect(trade.id).toBeGreaterThan(acceptedAfterTrade);
            if (plan.timeInForce === 'IOC') expect(trade.timeMs).toBeLessThanOrEqual(acceptedAtMs + 1_000);
          }
          if (plan.timeInForce !== 'FOK' || !plan.quantity || own.length === 0) continue;
          const sum = own.reduce((all, { quantity }) => add(all, quantity), zero);
          expect(formatDecimal(subtract(plan.quantity, sum))).toBe('0');
        }
      }),
      runs,
    );
  });
});

describe('a replay', () => {
  /** What 5.5 compares, as text. */
  const line = (fill: FillStep) => `${said(fill)} ${fill.trade.timeMs} ${fill.trade.buyerIsMaker}`;
  /** As the tape was followed, with some orders cancelled on the way. */
  const followed = anyTape.chain((tape) =>
    fc.record({
      tape: fc.constant(tape),
      orders: anyOrders(tape),
      cancels: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 12, maxLength: 12 }),
    }),
  );
  const live = (tape: readonly TapeTrade[], orders: readonly MatchedOrder[], cancels: readonly number[]) => {
    const first = { ...(referenceAfter(undefined, tape.slice(0, 1), 0) as Reference), lastTradeId: 0 };
    const ended = new Map<string, number>();
    const fills: FillStep[] = [];
    let [open, reference]: [readonly MatchedOrder[], Reference] = [orders, first];
    for (const trade of [...tape, undefined]) {
      const trades = trade ? [trade] : [];
      const watermarkMs = trade ? trade.timeMs : endMs(tape);
      const matched = match({ orders: open, trades, before: reference, watermarkMs });
      fills.push(...fillsOf(matched.steps));
      for (const step of matched.steps) {
        if (step.kind === 'ended') ended.set(step.orderId, step.afterTrade);
        if (step.kind === 'fill' && step.isLast) ended.set(step.orderId, step.trade.id);
      }
      reference = referenceAfter(reference, trades, watermarkMs) ?? reference;
      open = afterMatch(open, matched).filter(({ id, acceptedAfterTrade }) => {
        const isCancelled = trade && cancels[Number(id) - 1] === trade.id && trade.id >= acceptedAfterTrade;
        if (isCancelled) ended.set(id, trade.id);
        return !isCancelled;
      });
    }
    return { fills, ended };
  };

  it('of all orders of a portfolio comes to its fills, byte for byte, from the trades alone', () => {
    fc.assert(
      fc.property(followed, ({ tape, orders, cancels }) => {
        const { fills, ended } = live(tape, orders, cancels);
        const replayed = replay({
          orders: orders.map((order) => ({ order, endedAfterTrade: ended.get(order.id) })),
          ...{ trades: tape, watermarkMs: endMs(tape) },
        });
        expect(replayed.map(line)).toEqual(fills.map(line));
      }),
      runs,
    );
  });

  it('of one order comes to its fills, with what the others had of the trades as given', () => {
    fc.assert(
      fc.property(followed, ({ tape, orders: all, cancels }) => {
        // What one of all or nothing keeps for itself and does not get is in no fill.
        const orders = all.filter(({ plan }) => plan.timeInForce !== 'FOK');
        const { fills, ended } = live(tape, orders, cancels);
        for (const order of orders) {
          const own = fills.filter(({ orderId }) => orderId === order.id);
          const taken = new Map<number, ReturnType<typeof d>>();
          for (const { orderId, trade, quantity } of fills)
            if (orderId !== order.id) taken.set(trade.id, add(taken.get(trade.id) ?? zero, quantity));
          for (const { trade, takenBefore } of own) taken.set(trade.id, takenBefore);
          const replayed = replay({
            orders: [{ order, endedAfterTrade: ended.get(order.id) }],
            ...{ trades: tape, watermarkMs: endMs(tape), takenByOthers: taken },
          });
          expect(replayed.map(line)).toEqual(own.map(line));
        }
      }),
      runs,
    );
  });
});
