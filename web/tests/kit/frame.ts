import type { Frame } from '@tickfolio/client/frame';
import { add, formatDecimal, parseDecimal } from '@tickfolio/lib/money';

/** Whose frames these are. */
export const userOf = { id: 'u-1', name: 'maria' };

/** As the page takes it, also of a server that is older than the page. */
export type TestFrame = Frame;

interface Held {
  readonly quantity?: string;
  readonly price: string;
  readonly total?: string;
}

/** A frame at a moment: coins by symbol, each one piece of it unless it is said. */
export const frameAt = (
  atMs: number,
  coins: Readonly<Record<string, Held>>,
  total: string,
  simulated = false,
): TestFrame => ({
  UserID: userOf.id,
  UserName: userOf.name,
  TotalValue: total,
  Coins: Object.entries(coins).map(([symbol, { quantity = '1', price, total: worth = price }]) => ({
    Symbol: symbol,
    Quantity: quantity,
    Price: price,
    Total: worth,
    PriceTime: new Date(atMs - 300).toISOString(),
    Stale: false,
  })),
  AsOf: new Date(atMs).toISOString(),
  ...(simulated ? { Simulated: true } : {}),
});

/** The same of another portfolio, or of `all`. @param cash in USDT */
export const viewAt = (portfolioId: string, version: number, of: TestFrame, cash = '0'): TestFrame => ({
  ...of,
  ...{ PortfolioID: portfolioId, BaseCurrency: 'USDT', Version: version },
  Coins: of.Coins.map((coin) => ({ ...coin, Version: version })),
  Cash: cash === '0' ? [] : [cashOf(cash, version)],
  NetWorth: formatDecimal(add(parseDecimal(of.TotalValue), parseDecimal(cash))),
});

const cashOf = (quantity: string, version: number): NonNullable<TestFrame['Cash']>[number] => ({
  ...{ Asset: 'USDT', Quantity: quantity, Version: version, Price: '1', Total: quantity },
  ...{ PriceTime: null, Stale: false, PriceReceived: null },
});

/** A frame of one bitcoin, which is the whole portfolio. */
export const bitcoinAt = (atMs: number, price: string): TestFrame => frameAt(atMs, { btcusdt: { price } }, price);
