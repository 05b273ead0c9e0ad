import type { Clock, Timer } from '@tickfolio/lib/clock';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Coin, Portfolios } from './portfolios.js';
import type { PriceBoard } from './price-board.js';
import { dayOf, type UserValue, type ValueHistory } from './value-history.js';

export interface ValueRecorderDeps {
  readonly history: ValueHistory;
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly board: PriceBoard;
  readonly priceBus: Pick<PriceBus, 'last'>;
  /** Whether prices arrive at all; while they do not, there is nothing to record. */
  readonly pricesFlow: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes down once a minute what every portfolio is worth, also of users who are not connected. */
export interface ValueRecorder {
  /** One round, for the minute that is running. */
  record(): Promise<void>;
  close(): Promise<void>;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const maxUsersPerPage = 500;
const maxReadSymbols = 500;

const conversionOf = ({ quoteAsset }: Coin): string | undefined => (quoteAsset === 'usdt' ? undefined : `${quoteAsset}usdt`);

/** @returns undefined while a price is missing: a sum without it would look like a loss */
const worthOf = (coins: readonly Coin[], board: PriceBoard): string | undefined => {
  let sum: Decimal = zero;
  for (const coin of coins) {
    const { priceUsdt } = board.listing(coin.symbol, coin.quoteAsset);
    if (!priceUsdt) return undefined;
    sum = add(sum, multiply(parseDecimal(coin.quantity), priceUsdt));
  }
  return formatDecimal(sum);
};

export const createValueRecorder = (deps: ValueRecorderDeps): ValueRecorder => {
  const { history, portfolios, board, priceBus, pricesFlow, clock, log } = deps;
  let recordedHour = Number.NaN;
  let opensDay = '';
  /** Symbols whose first price of `opensDay` is kept. */
  let opened = new Set<string>();
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let closed = false;

  /** Reads the newest prices of what no open socket asks for. @returns them as texts, as far as they are known */
  const readPrices = async (symbols: readonly string[]): Promise<Map<string, string>> => {
    const prices = new Map<string, string>();
    for (let from = 0; from < symbols.length; from += maxReadSymbols) {
      const last = await priceBus.last(symbols.slice(from, from + maxReadSymbols));
      for (const [symbol, reading] of last) {
        board.take(reading);
        prices.set(symbol, reading.price);
      }
    }
    return prices;
  };
  const keepOpens = async (day: string, prices: ReadonlyMap<string, string>) => {
    if (day !== opensDay) {
      opensDay = day;
      opened = new Set();
    }
    const missing = new Map([...prices].filter(([symbol]) => !opened.has(symbol)));
    if (missing.size === 0) return;
    await history.putOpens(day, missing);
    for (const symbol of missing.keys()) opened.add(symbol);
  };
  const record = async () => {
    const nowMs = clock.now();
    const minute = Math.floor(nowMs / minuteMs) * minuteMs;
    const hour = Math.floor(nowMs / hourMs);
    if (!pricesFlow()) return;
    let after = '';
    let users = 0;
    for (;;) {
      const ids = await history.holders(after, maxUsersPerPage);
      if (ids.length === 0 || closed) break;
      const found = await portfolios.readMany(ids);
      const all = [...found.values()].flat();
      const symbols = new Set(all.flatMap((coin) => [coin.symbol, conversionOf(coin) ?? coin.symbol]));
      await keepOpens(dayOf(nowMs), await readPrices([...symbols]));
      const values = [...found].flatMap(([userId, coins]): UserValue[] => {
        const value = worthOf(coins, board);
        return value === undefined ? [] : [{ userId, value }];
      });
      await history.record(minute, values, recordedHour !== hour);
      users += values.length;
      after = ids.at(-1) ?? after;
      if (ids.length < maxUsersPerPage) break;
    }
    if (recordedHour !== hour && !closed) await history.prune(nowMs);
    recordedHour = hour;
    log.debug({ users }, 'the values of the minute are recorded');
  };
  const guarded = async () => {
    try {
      await record();
    } catch (err) {
      log.warn({ err }, 'the values of this minute could not be recorded');
    }
  };
  const schedule = () => {
    const toNextMs = minuteMs - (clock.now() % minuteMs);
    timer = clock.after(toNextMs, () => {
      running = guarded().finally(() => {
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
      await running;
    },
  };
};
