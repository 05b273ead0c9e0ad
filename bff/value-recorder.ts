import type { Clock, Timer } from '@tickfolio/lib/clock';
import { add, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { PriceBus } from '@tickfolio/lib/price-bus';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Coin, Portfolios } from './portfolios.js';
import type { PriceBoard } from './price-board.js';
import { dayOf, type Kind, type UserValue, type ValueHistory } from './value-history.js';

export interface ValueRecorderDeps {
  readonly history: ValueHistory;
  readonly portfolios: Pick<Portfolios, 'readMany'>;
  readonly board: PriceBoard;
  readonly priceBus: Pick<PriceBus, 'last'>;
  /** What prices arrive; undefined while none do or their kind is not known, when there is nothing to record. */
  readonly kind: () => Kind | undefined;
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
  const { history, portfolios, board, priceBus, kind: kindNow, clock, log } = deps;
  let recordedHour = '';
  let opensOf = '';
  /** Symbols whose first price of that kind and day is kept. */
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
  const keepOpens = async (kind: Kind, nowMs: number, prices: ReadonlyMap<string, string>) => {
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
  const record = async () => {
    const nowMs = clock.now();
    const minute = Math.floor(nowMs / minuteMs) * minuteMs;
    const hour = Math.floor(nowMs / hourMs);
    const kind = kindNow();
    if (kind === undefined) return;
    let after = '';
    let users = 0;
    for (;;) {
      const ids = await history.holders(after, maxUsersPerPage);
      if (ids.length === 0 || closed) break;
      const found = await portfolios.readMany(ids);
      const all = [...found.values()].flat();
      const symbols = new Set(all.flatMap((coin) => [coin.symbol, conversionOf(coin) ?? coin.symbol]));
      await keepOpens(kind, nowMs, await readPrices([...symbols]));
      const values = [...found].flatMap(([userId, coins]): UserValue[] => {
        const value = worthOf(coins, board);
        return value === undefined ? [] : [{ userId, value }];
      });
      await history.record(kind, minute, values, recordedHour !== `${kind} ${hour}`);
      users += values.length;
      after = ids.at(-1) ?? after;
      if (ids.length < maxUsersPerPage) break;
    }
    if (recordedHour !== `${kind} ${hour}` && !closed) await history.prune(nowMs);
    recordedHour = `${kind} ${hour}`;
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
