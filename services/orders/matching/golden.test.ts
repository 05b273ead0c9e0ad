import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { add, compare, formatDecimal, zero } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { goldenLife, goldenTape } from '../kit/golden-tape.js';
import { d, said } from '../kit/matching.js';
import { match } from './match.js';
import { referenceAfter } from './prints.js';
import { afterMatch } from './progress.js';
import { replay } from './replay.js';
import type { FillStep, MatchStep } from './steps.js';

/** Made by oracles/matching.py. */
interface Golden {
  readonly by: string;
  readonly sha256: string;
  /** Of each order: the trade at which, the price and the quantity. */
  readonly fills: Readonly<Record<string, readonly (readonly [trade: number, price: string, quantity: string])[]>>;
}

const golden = JSON.parse(readFileSync(new URL('golden/nautilus.json', import.meta.url), 'utf8')) as Golden;
const { text, trades, orders } = goldenTape();
const before = referenceAfter(undefined, trades.slice(0, 1), 0);
if (!before) throw new Error('no trades');
const watermarkMs = (trades.at(-1)?.timeMs ?? 0) + 61_000;
const fillsOf = (steps: readonly MatchStep[]) => steps.filter((step): step is FillStep => step.kind === 'fill');

/** Each in a portfolio of its own, as the other engine spends no volume, until it is cancelled. */
const alone = new Map<string, readonly FillStep[]>();
let known = before;
for (const order of orders) {
  const after = order.acceptedAfterTrade;
  known = referenceAfter(known, trades.slice(known.lastTradeId, after), 0) ?? known;
  const life = trades.slice(after, after + goldenLife);
  alone.set(order.id, fillsOf(match({ orders: [order], trades: life, before: known, watermarkMs: 0 }).steps));
}

describe(`fills of 34,000 trades, against those of ${golden.by} at its most optimistic`, () => {
  it('are of the same trades and orders', () => {
    expect(createHash('sha256').update(text).digest('hex')).toBe(golden.sha256);
    expect([...alone.values()].filter((fills) => fills.length > 0).length).toBeGreaterThan(150);
  });

  it('are never more, at any moment', () => {
    for (const [id, fills] of alone) {
      let own = zero;
      for (const { trade, quantity } of fills) {
        own = add(own, quantity);
        const theirs = (golden.fills[id] ?? []).filter(([at]) => at <= trade.id);
        const most = theirs.reduce((sum, [, , filled]) => add(sum, d(filled)), zero);
        expect(compare(own, most), `order ${id} by trade ${trade.id}: ${formatDecimal(own)}`).toBeLessThanOrEqual(0);
      }
    }
  });

  it('are never at a better price: of what rests, and of what takes by the first trade that counts', () => {
    const better: string[] = [];
    let compared = 0;
    for (const { id, plan, acceptedAfterTrade } of orders) {
      for (const { price, trade, maker } of alone.get(id) ?? []) {
        // Later on each trade has a price of its own, which may have come nearer; theirs has taken all at once.
        if (!maker && trade.id !== acceptedAfterTrade + 1) continue;
        const [first] = golden.fills[id] ?? [];
        if (!first) throw new Error(`nothing to compare order ${id} with`);
        compared += 1;
        if (compare(price, d(first[1])) * (plan.side === 'BUY' ? 1 : -1) < 0)
          better.push(`order ${id} by trade ${trade.id}: ${formatDecimal(price)}, there ${first[1]}`);
      }
    }
    expect(better).toEqual([]);
    expect(compared).toBeGreaterThan(150);
  });

  it('are the same bytes when matched twice, in one piece, in pieces, and by a replay', () => {
    const lines = (steps: readonly MatchStep[]) => steps.map(said).join('\n');
    const whole = lines(match({ orders, trades, before, watermarkMs }).steps);
    expect(lines(match({ orders, trades, before, watermarkMs }).steps)).toBe(whole);
    let [open, reference] = [orders as ReturnType<typeof afterMatch>, before];
    const pieces: MatchStep[] = [];
    for (let at = 0; at < trades.length; at += 997) {
      const part = trades.slice(at, at + 997);
      const untilMs = at + 997 < trades.length ? (part.at(-1)?.timeMs ?? 0) : watermarkMs;
      const matched = match({ orders: open, trades: part, before: reference, watermarkMs: untilMs });
      pieces.push(...matched.steps);
      open = afterMatch(open, matched);
      reference = referenceAfter(reference, part, untilMs) ?? reference;
    }
    expect(lines(pieces)).toBe(whole);
    const again = replay({ orders: orders.map((order) => ({ order })), trades, watermarkMs });
    expect(lines(again)).toBe(lines(fillsOf(pieces)));
  });
});
