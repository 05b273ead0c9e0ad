import { type Clock, sleep, type Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import { inBackground } from '@tickfolio/lib/postgres';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { ExchangeClock } from '../market/exchange-clock.js';
import type { Kind, UserValue, Valued } from '../market/portfolio-value.js';
import { isStandstill } from '../market/price-state.js';
import type { Coin, Portfolios } from '../portfolio/portfolios.js';
import type { PriceBoard } from '../prices/price-board.js';
import type { KeptPrices, ReceivedPrice } from './kept-prices.js';
import { dayOf, type ValueHistory } from './value-history.js';
import type { ValueRound, ValueRounds } from './value-rounds.js';

export interface ValueRecorderDeps {
  readonly history: Pick<ValueHistory, 'now' | 'holders' | 'record' | 'putOpens'>;
  readonly rounds: ValueRounds;
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly board: PriceBoard;
  readonly priceBus: Pick<PriceBus, 'last' | 'check'>;
  readonly kept: KeptPrices;
  /** What prices arrive; undefined while none do or their kind is not known, when there is nothing to record. */
  readonly kind: () => Kind | undefined;
  readonly clock: Clock;
  /** Whose day first prices are of, as it is read; values are stamped by the database's time. */
  readonly exchange: Pick<ExchangeClock, 'known' | 'now'>;
  readonly log: Logger;
}

/**
 * Writes down once a minute what every portfolio is worth, also of users who are not connected, and the last prices
 * that it is made of. A coin without a price costs its own part only: what the value lacks is written with it. Of all
 * replicas one does it, whoever is first in that minute. Which minute that is the database says, whatever time it is
 * here.
 */
export interface ValueRecorder {
  /** One round, for the minute that is running, unless another replica has it. */
  record(): Promise<void>;
  /** Waits for the round that is running, but not for long: a minute that is recorded in part harms nobody. */
  close(): Promise<void>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const closeWaitMs = 1_000;
/** A timer may fire so much before its time. */
const earlyMs = 1_000;
const maxUsersPerPage = 500;
const maxReadSymbols = 500;

const conversionOf = ({ quoteAsset }: Coin): string | undefined =>
  quoteAsset === 'usdt' ? undefined : `${quoteAsset}usdt`;

/** @returns undefined where no coin has a price */
const worthOf = (coins: readonly Coin[], board: PriceBoard): Valued | undefined => {
  let sum: Decimal = zero;
  const missing: string[] = [];
  const old: string[] = [];
  for (const { symbol, quoteAsset, quantity } of coins) {
    const { priceUsdt, state } = board.listing(symbol, quoteAsset);
    if (!priceUsdt) {
      missing.push(symbol);
      continue;
    }
    sum = add(sum, multiply(parseDecimal(quantity), priceUsdt));
    if (isStandstill(state)) old.push(symbol);
  }
  if (missing.length === coins.length) return undefined;
  return { value: formatDecimal(sum), ...(missing.length > 0 ? { missing } : {}), ...(old.length > 0 ? { old } : {}) };
};

export const createValueRecorder = (deps: ValueRecorderDeps): ValueRecorder => {
  const { history, rounds, portfolios, board, priceBus, kept, kind: kindNow, clock, exchange, log } = deps;
  let opensOf = '';
  /** Whose value of this hour this replica has written. */
  let hourOf = '';
  let inHour = new Set<string>();
  /** Symbols whose first price of that kind and day is kept. */
  let opened = new Set<string>();
  /** Trade ids of the prices that are kept, by kind and symbol. */
  const written = new Map<string, number>();
  /** How far the clock here was ahead of the database's when that was asked last. */
  let aheadMs = 0;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  /**
   * Reads the newest prices of what no open socket asks for, and of what the bus does not have. @returns the bus's as
   * texts
   */
  const readPrices = async (kind: Kind, symbols: readonly string[]): Promise<Map<string, string>> => {
    const prices = new Map<string, string>();
    for (let from = 0; from < symbols.length; from += maxReadSymbols) {
      const page = symbols.slice(from, from + maxReadSymbols);
      for (const reading of (await priceBus.last(page)).values()) {
        board.take({ ...reading, kept: true });
        if (reading.simulated === undefined || reading.simulated === (kind === 'simulated'))
          prices.set(reading.symbol, reading.price);
      }
      const lacking = page.filter((symbol) => board.last(symbol) === undefined);
      if (lacking.length > 0)
        for (const reading of await kept.read(kind, lacking)) board.take({ ...reading, kept: true });
    }
    return prices;
  };
  /**
   * Keeps the last prices that are later than those kept before. What does not say of which kind it is, is not kept.
   */
  const keepPrices = async (kind: Kind, symbols: readonly string[]) => {
    const simulated = kind === 'simulated';
    const later = symbols.flatMap((symbol): ReceivedPrice[] => {
      const last = board.last(symbol);
      if (last?.simulated !== simulated || written.get(`${kind} ${symbol}`) === last.tradeId) return [];
      return [{ ...last, receivedAtMs: board.cameAt(symbol) ?? clock.now() }];
    });
    if (later.length === 0) return;
    await kept.write(kind, later);
    for (const { symbol, tradeId } of later) written.set(`${kind} ${symbol}`, tradeId);
  };
  const keepOpens = async (kind: Kind, prices: ReadonlyMap<string, string>) => {
    // The clock here may be off by days: then it would be the first price of a day that is still to come.
    if (!exchange.known) return;
    const nowMs = exchange.now();
    const day = dayOf(nowMs);
    if (`${kind} ${day}` !== opensOf) {
      opensOf = `${kind} ${day}`;
      opened = new Set();
    }
    const missing = new Map([...prices].filter(([symbol]) => !opened.has(symbol)));
    if (missing.size === 0) return;
    await history.putOpens(kind, nowMs, missing);
    for (const symbol of missing.keys()) opened.add(symbol);
  };
  /** The minute of a moment; the next one where that is about to begin. */
  const minuteOf = (atMs: number) => Math.floor((atMs + earlyMs) / minuteMs) * minuteMs;
  const record = async () => {
    const kind = kindNow();
    if (kind === undefined) return;
    const nowMs = await history.now();
    aheadMs = clock.now() - nowMs;
    const minute = minuteOf(nowMs);
    // Whoever cannot read prices leaves the minute to others.
    const fault = await priceBus.check();
    if (fault !== undefined) throw new AppError('unavailable', `The price bus: ${fault}`);
    const round = await rounds.take(kind, minute);
    if (!round) return;
    try {
      const users = await recordRound(kind, minute, round);
      if (closed) return;
      await round.finish();
      log.debug({ users }, 'the values of the minute are recorded');
    } catch (err) {
      await round.release().catch(() => undefined); // The fault itself is told.
      throw err;
    }
  };
  /** @returns of how many users a value is recorded */
  const recordRound = async (kind: Kind, minute: number, round: ValueRound): Promise<number> => {
    const hour = `${kind} ${Math.floor(minute / hourMs)}`;
    if (hour !== hourOf) {
      hourOf = hour;
      inHour = new Set();
    }
    let after = '';
    let users = 0;
    const read = new Set<string>();
    for (;;) {
      const ids = await history.holders(after, maxUsersPerPage);
      if (ids.length === 0 || closed) break;
      const found = await portfolios.readMany(ids);
      const all = [...found.values()].flat();
      const needed = new Set(all.flatMap((coin) => [coin.symbol, conversionOf(coin) ?? coin.symbol]));
      // Once a round, whatever many users hold it.
      const symbols = [...needed].filter((symbol) => !read.has(symbol));
      for (const symbol of symbols) read.add(symbol);
      await keepOpens(kind, await readPrices(kind, symbols));
      await keepPrices(kind, symbols);
      const values = [...found].flatMap(([userId, coins]): UserValue[] => {
        const worth = worthOf(coins, board);
        return worth === undefined ? [] : [{ userId, ...worth }];
      });
      // Whoever had no price in the hour's first minute, or no coin, has the first one later on.
      const late = round.isFirstOfHour ? [] : values.filter(({ userId }) => !inHour.has(userId));
      const others = late.length === 0 ? values : values.filter(({ userId }) => inHour.has(userId));
      await history.record(kind, minute, others, round.isFirstOfHour);
      if (late.length > 0) await history.record(kind, minute, late, true);
      for (const { userId } of values) inHour.add(userId);
      users += values.length;
      after = ids.at(-1) ?? after;
      if (ids.length < maxUsersPerPage) break;
    }
    return users;
  };
  const guarded = async () => {
    try {
      await record();
    } catch (err) {
      if (!closed) log.warn({ err }, 'the values of this minute could not be recorded');
    }
  };
  const schedule = () => {
    const nowMs = clock.now() - aheadMs;
    const toNextMs = minuteOf(nowMs) + minuteMs - nowMs;
    timer = clock.after(toNextMs, () => {
      running = inBackground(guarded).finally(() => {
        running = undefined;
        if (!closed) schedule();
      });
    });
  };
  schedule();

  return {
    record,
    close: async () => {
      closed = true;
      timer?.cancel();
      await Promise.race([running, sleep(clock, closeWaitMs)]);
    },
  };
};
