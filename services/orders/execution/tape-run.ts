import type { TapeHole, TapePart } from '@tickfolio/gen/market/v1/tape';
import { type Decimal, formatDecimal } from '@tickfolio/lib/money';
import type { Lease } from '@tickfolio/lib/outbox';
import { referenceAfter } from '../matching/prints.js';
import type { TapeTrade } from '../rules/order.js';
import { referenceOf } from '../store/order-plan.js';
import type { OrderStep, OrderStore, SymbolState } from '../store/order-store.js';
import { type OrderRow, type Position, positionFor } from '../store/records.js';
import type { ExecutionLimits } from './limits.js';
import { begunAfter, passedOver, windowMissed } from './passed-over.js';
import {
  type AdvanceDeps,
  advanceApart,
  firstPart,
  type KnownTape,
  matchAll,
  plannedSteps,
  type StepsDeps,
} from './planned-steps.js';
import { beginningWith, positionOf } from './positions.js';
import { type Batch, createTapeBuffer, type TapeBuffer } from './tape-buffer.js';

/** What is stored does not lead to what is told: the stream has to begin again, after what is stored. */
export class BeginAgain extends Error {}

export interface TapeRunDeps extends StepsDeps, AdvanceDeps {
  readonly store: Pick<OrderStore, 'orders' | 'advance'>;
  /** Whether this replica writes; another one looks on. */
  readonly lease: Pick<Lease, 'take'>;
  /** Trades just before one, so that both sides have printed; none where they cannot be had soon. */
  readonly before: (tradeId: number) => Promise<readonly TapeTrade[]>;
  /** Something is due of these orders now. */
  readonly wake: (ids: Iterable<string>) => void;
  readonly limits: Pick<ExecutionLimits, 'maxTrades' | 'maxSteps' | 'maxStale' | 'maxBuffered'>;
}

/**
 * How it begins: after what is stored, with the newest trade, or with one whose id has nothing to do with those before.
 */
type Beginning = 'after' | 'newest' | 'anew';

/**
 * The tape of a symbol from one stream of it: what its trades do is written in the order of their ids, each time with
 * how far they were looked at. One after the other only.
 */
export class TapeRun {
  readonly #deps: TapeRunDeps;
  readonly #simulated: boolean;
  #state: SymbolState;
  #begins: Beginning;
  #first: TapeTrade | undefined;
  #buffer: TapeBuffer | undefined;
  #isOurs = false;
  /** What of the tape is stored, as far as this run knows. */
  #storedId = -1;

  /** @param jumps whether it goes on with the newest trade where no order is open */
  constructor(deps: TapeRunDeps, state: SymbolState, simulated: boolean, jumps: boolean) {
    this.#deps = deps;
    this.#simulated = simulated;
    this.#state = state;
    const { position, orders } = state;
    const isKnown = position?.simulated === simulated;
    this.#begins = isKnown && (orders.length > 0 || !jumps) ? 'after' : 'newest';
    if (!position || this.#begins !== 'after') return;
    this.#buffer = createTapeBuffer(position.lastTradeId, position.watermarkMs);
    this.#storedId = position.lastTradeId;
  }

  /** After which trade the stream begins; undefined: with the newest. */
  get afterTradeId(): number | undefined {
    return this.#begins === 'after' ? this.#state.position?.lastTradeId : undefined;
  }

  get orders(): readonly OrderRow[] {
    return this.#state.orders;
  }

  /** As it is stored; undefined while nothing is known. */
  get position(): Position | undefined {
    return this.#begins === 'after' ? this.#state.position : undefined;
  }

  /** Everything up to this id was told; undefined before the first. */
  get throughId(): number | undefined {
    return this.#buffer?.throughId;
  }

  /** Whether everything up to this id, and to this exchange time, is stored, by whomever. */
  isStored(throughId: number, provenMs = 0): boolean {
    const { position } = this;
    return position !== undefined && position.lastTradeId >= throughId && position.watermarkMs >= provenMs;
  }

  /** @returns trades that were not told before @throws BeginAgain, AppError */
  async take(part: TapePart): Promise<readonly TapeTrade[]> {
    if (part.renumbered) await this.#renumbered();
    if (part.hole) await this.#cross(part.hole);
    const [first] = part.trades;
    if (!this.#buffer && first) this.#buffer = createTapeBuffer(first.id - 1, 0);
    const fresh = this.#buffer?.add(part) ?? [];
    this.#first ??= fresh[0];
    if ((this.#buffer?.size ?? 0) >= this.#deps.limits.maxTrades) await this.store();
    if ((this.#buffer?.size ?? 0) > this.#deps.limits.maxBuffered) throw new BeginAgain('too much is not stored');
    return fresh;
  }

  /** Whether what is not stored does something to an order. */
  get isUrgent(): boolean {
    const { position, orders } = this;
    if (!position || !this.#buffer || orders.length === 0 || !this.#isOurs) return false;
    const { trades, watermarkMs } = this.#buffer.first(this.#deps.limits.maxTrades);
    const knownMs = Math.max(position.watermarkMs, watermarkMs);
    return matchAll(orders, this.#known(position), trades, knownMs).steps.length > 0;
  }

  /** Writes what was told. Where another replica does, it is looked how far that came. @throws BeginAgain, AppError */
  async store(): Promise<void> {
    this.#isOurs = await this.#deps.lease.take();
    if (!this.#isOurs) return this.look();
    if (this.#begins !== 'after' && !(await this.#begin())) return;
    for (let batch = this.#next(); batch; batch = this.#next()) await this.#write(batch);
  }

  /** Reads what is open now. @throws BeginAgain where what is stored is of another tape than what was told */
  async look(): Promise<void> {
    this.#state = await this.#deps.store.orders(this.#deps.tape, this.#simulated);
    const { position } = this.#state;
    const isKnown = position?.simulated === this.#simulated;
    if (this.#begins === 'after') {
      if (!isKnown || !this.#buffer || position.lastTradeId < this.#storedId) throw new BeginAgain('another one wrote');
      this.#moved(position);
    } else if (this.#begins === 'newest' && isKnown && this.#first && position.lastTradeId >= this.#first.id - 1) {
      // Somebody else has begun.
      this.#begins = 'after';
      this.#moved(position);
    }
  }

  /** Its window is over, and what was traded in it is not looked at any more. */
  async expireWindow(row: OrderRow): Promise<void> {
    const position = this.position as Position;
    const { lastTradeId } = positionFor(this.#state, row.portfolioId) ?? position;
    await this.#put(position, () => [windowMissed(row, lastTradeId)], true);
  }

  /** Passes over minutes in which no open order could be met. @param last the price at their end */
  async passMinutes(throughId: number, last: { readonly ms: number; readonly price: Decimal }): Promise<void> {
    await this.store();
    const { position } = this;
    if (!position || position.lastTradeId >= throughId) return;
    if (!this.#isOurs) throw new BeginAgain('another one passes them over');
    const text = formatDecimal(last.price);
    const to: Position = {
      ...position,
      ...{ lastTradeId: throughId, lastPrice: text, askPrint: text, bidPrint: text },
      ...{ lastTradeMs: last.ms, watermarkMs: Math.max(position.watermarkMs, last.ms) },
    };
    const gap = { from: position.lastTradeId + 1, to: throughId, basis: 'klines' as const };
    await this.#put(to, (orders) => passedOver(orders, gap));
  }

  #moved(position: Position) {
    this.#storedId = position.lastTradeId;
    this.#buffer?.drop(position.lastTradeId);
  }

  #known(position: Position): KnownTape {
    return { position, ahead: this.#state.ahead };
  }

  #next(): Batch | undefined {
    const { position } = this;
    // The trade of which some portfolios have their part already comes to its end by itself.
    const batch = this.#buffer?.first(this.#state.ahead ? 1 : this.#deps.limits.maxTrades);
    if (!batch || !position) return undefined;
    const isMore = batch.throughId > position.lastTradeId || batch.watermarkMs > position.watermarkMs;
    return isMore ? batch : undefined;
  }

  async #write(most: Batch): Promise<void> {
    const { limits, wake } = this.#deps;
    let batch = most;
    for (let left = limits.maxStale; left > 0; left--) {
      const { revision, orders } = this.#state;
      const position = this.position as Position;
      const before = referenceOf(position);
      const matchedBy = ({ trades, watermarkMs }: Batch) =>
        matchAll(orders, this.#known(position), trades, Math.max(position.watermarkMs, watermarkMs));
      let matched = matchedBy(batch);
      while (matched.steps.length + matched.memories.length > limits.maxSteps && batch.trades.length > 1) {
        batch = (this.#buffer as TapeBuffer).first(batch.trades.length >> 1);
        matched = matchedBy(batch);
      }
      const part = firstPart(orders, matched, limits.maxSteps);
      const steps = await plannedSteps(this.#deps, orders, part.matched);
      const known = referenceAfter(before, batch.trades, batch.watermarkMs) ?? before;
      const to = { ...position, ...positionOf(known, batch.throughId, this.#simulated) };
      const { throughPortfolio } = part;
      const from = { revision, lastTradeId: position.lastTradeId };
      const done = await advanceApart(this.#deps, {
        ...{ from, to, steps },
        ...(throughPortfolio === undefined ? {} : { throughPortfolio }),
      });
      if (done.kind === 'done' && throughPortfolio !== undefined) {
        wake(done.changed);
        return this.look();
      }
      if (done.kind === 'done') {
        const { ahead } = this.#state;
        const isAhead = ahead !== undefined && ahead.position.lastTradeId > to.lastTradeId;
        this.#state = { ...this.#state, position: to, ahead: isAhead ? ahead : undefined };
        this.#moved(to);
        if (steps.length === 0) return;
        wake(done.changed);
        return this.look();
      }
      await this.look();
      const next = this.#next();
      if (!next) return;
      batch = next;
    }
    throw new BeginAgain('others were always faster');
  }

  /** Writes a position as it is, with what becomes of open orders there. */
  async #put(
    to: Position,
    stepsOf: (orders: readonly OrderRow[]) => readonly OrderStep[],
    stays = false,
  ): Promise<void> {
    const { store, tape, limits, wake } = this.#deps;
    for (let left = limits.maxStale; left > 0; left--) {
      const { revision, position, orders } = this.#state;
      if (!stays && this.#begins === 'after' && position && position.lastTradeId >= to.lastTradeId)
        return this.#moved(position);
      const from = { revision, lastTradeId: position?.lastTradeId };
      const reached = stays && position ? position : to;
      const done = await advanceApart(this.#deps, { from, to: reached, steps: stepsOf(orders) });
      if (done.kind === 'done') {
        this.#state = await store.orders(tape, this.#simulated);
        this.#begins = 'after';
        this.#moved(reached);
        wake(done.changed);
        return;
      }
      this.#state = await store.orders(tape, this.#simulated);
      this.#mayBegin();
    }
    throw new BeginAgain('others were always faster');
  }

  /** With open orders nothing is left out that can be had. */
  #mayBegin() {
    const { position, orders } = this.#state;
    if (this.#begins === 'newest' && position?.simulated === this.#simulated && orders.length > 0)
      throw new BeginAgain('an order was placed meanwhile');
  }

  /** @returns false where no trade is known yet */
  async #begin(): Promise<boolean> {
    await this.look();
    if (this.#begins === 'after') return true;
    const first = this.#first;
    if (!first) return false;
    this.#mayBegin();
    const isAnew = this.#begins === 'anew';
    const lastTradeId = isAnew ? first.id - 1 : first.id;
    const earlier = isAnew ? [] : await this.#deps.before(first.id);
    const { position, orders: open } = this.#state;
    const isLower = open.some(({ acceptedAfterTrade }) => (acceptedAfterTrade ?? -1) > lastTradeId);
    const epoch = (position?.epoch ?? 0) + (isAnew || isLower ? 1 : 0);
    const to = { ...beginningWith([...earlier, first], lastTradeId, this.#simulated), epoch };
    await this.#put(to, (orders) => begunAfter(orders, to, { storedId: position?.lastTradeId, isAnew }));
    return true;
  }

  async #renumbered(): Promise<void> {
    if (this.#begins === 'after') {
      await this.store();
      if (!this.#isOurs) throw new BeginAgain('another one begins anew');
      this.#begins = 'anew';
    }
    this.#buffer = undefined;
    this.#first = undefined;
  }

  /** Trades that nobody can have are passed over by the orders that they might have met. */
  async #cross({ fromId: from, toId: to }: TapeHole): Promise<void> {
    if (this.#begins !== 'after') return;
    await this.store();
    const { position } = this;
    if (!position || position.lastTradeId >= to) return;
    if (!this.#isOurs) throw new BeginAgain('another one crosses it');
    await this.#put({ ...position, lastTradeId: to }, (orders) => passedOver(orders, { from, to }));
  }
}
