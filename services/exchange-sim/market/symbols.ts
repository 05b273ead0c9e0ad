import { type Asset, assets } from './assets.js';

export type SymbolStatus = 'TRADING' | 'HALT' | 'BREAK';
export const symbolStatuses = ['TRADING', 'HALT', 'BREAK'] as const;

/** What stays the same about a symbol. Tick and lot are `10^-priceDecimals` and `10^-quantityDecimals`. */
export interface SymbolSpec {
  /** Upper case, as in payloads. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly priceDecimals: number;
  readonly quantityDecimals: number;
  /** Smallest value of an order, in the quote asset, as the exchange writes it. */
  readonly minNotional: string;
  readonly status: SymbolStatus;
  /** Trades per second on average at the default rate. */
  readonly rate: number;
}

const named = new Map(assets.map((asset) => [asset.name, asset]));
const minNotionals: Readonly<Record<string, string>> = {
  USDT: '5.00000000',
  USDC: '5.00000000',
  BTC: '0.00010000',
  ETH: '0.00100000',
  BNB: '0.01000000',
  EUR: '5.00000000',
  TRY: '10.00000000',
};

const quotedIn: Readonly<Record<string, string>> = {
  USDC: 'BTC ETH SOL XRP DOGE BNB ADA PEPE LINK AVAX SUI LTC DOT TON NEAR UNI BCH APT ARB OP FIL WIF BONK ENA SEI TIA WLD FET ORDI AAVE INJ HBAR EUR',
  BTC: 'ETH BNB SOL XRP ADA LINK AVAX LTC DOT NEAR UNI BCH ICP ETC ATOM INJ AAVE RUNE DOGE TRX XLM FIL MKR EGLD ZEC DASH TAO QNT YFI NEO',
  ETH: 'BNB SOL XRP ADA LINK AVAX LTC UNI AAVE TRX ETC MKR LDO',
  BNB: 'SOL XRP ADA LINK AVAX LTC DOT NEAR INJ CAKE TRX BCH ATOM',
  EUR: 'BTC ETH SOL XRP BNB ADA DOGE LTC LINK AVAX DOT SUI SHIB PEPE',
  TRY: 'BTC ETH SOL XRP BNB DOGE AVAX USDT PEPE SHIB ADA LINK',
};

const ended = new Set('XMR OMG WAVES BTS BUSD LOOM VIDT KLAY DREP TORN'.split(' '));
const halted = new Set(['USTCUSDT', 'TORNUSDT']);

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));

const specOf = (base: Asset, quote: Asset): SymbolSpec => {
  const symbol = base.name + quote.name;
  const price = base.usd / quote.usd;
  const coinQuote = quote.name === 'BTC' || quote.name === 'ETH' || quote.name === 'BNB';
  // About four digits below the price's first, as the exchange has it; never more than 8 decimals in price and quantity
  // together, so that quote volumes are exact in the exchange's 8-decimal text.
  const priceDecimals = clamp(Math.round(4 - Math.log10(price)), coinQuote || price < 1 ? 4 : 2, 8);
  const quantityDecimals = clamp(Math.ceil(Math.log10(base.usd)), 0, Math.min(5, 8 - priceDecimals));
  return {
    symbol,
    base: base.name,
    quote: quote.name,
    priceDecimals,
    quantityDecimals,
    minNotional: minNotionals[quote.name] ?? '5.00000000',
    status: halted.has(symbol) ? 'HALT' : ended.has(base.name) ? 'BREAK' : 'TRADING',
    rate: quote.name === 'USDT' ? base.rate : Math.max(0.06, base.rate * (quote.name === 'USDC' ? 0.3 : 0.15)),
  };
};

const build = (): readonly SymbolSpec[] => {
  const specs: SymbolSpec[] = [];
  const add = (baseName: string, quoteName: string) => {
    const base = named.get(baseName);
    const quote = named.get(quoteName);
    if (base && quote) specs.push(specOf(base, quote));
  };
  // Conversion pairs and the busiest come first, so that a run with few symbols can still value a portfolio.
  for (const name of ['BTC', 'ETH', 'BNB', 'SOL', 'USDC', 'EUR']) add(name, 'USDT');
  add('ETH', 'BTC');
  for (const asset of assets) {
    if (['BTC', 'ETH', 'BNB', 'SOL', 'USDC', 'EUR', 'USDT', 'TRY'].includes(asset.name)) continue;
    add(asset.name, 'USDT');
  }
  for (const [quote, bases] of Object.entries(quotedIn)) {
    for (const base of bases.split(' ')) if (`${base}${quote}` !== 'ETHBTC') add(base, quote);
  }
  return specs;
};

const known = new Map<string, SymbolSpec>();

/**
 * What a symbol would be listed as, known or made up; a base asset that nobody knows costs 1 US dollar.
 * @param symbol upper case
 * @returns undefined when it does not end with a quote asset
 */
export const listedSpec = (symbol: string, status: SymbolStatus): SymbolSpec | undefined => {
  const spec = known.get(symbol);
  if (spec) return { ...spec, status };
  const quote = ['USDT', ...Object.keys(quotedIn)]
    .map((name) => named.get(name))
    .find((asset) => asset && symbol.endsWith(asset.name));
  const name = symbol.slice(0, -(quote?.name.length ?? 0));
  if (!quote || name === '' || name === symbol) return undefined;
  const base = named.get(name) ?? { name, usd: 1, beta: 1, volatility: 0.55, rate: 1 };
  return { ...specOf(base, quote), symbol, status };
};

/** Every symbol the simulated exchange knows, over 300, the most important first. */
export const knownSymbols: readonly SymbolSpec[] = build();
for (const spec of knownSymbols) known.set(spec.symbol, spec);

/** The asset's figures; every base and quote of `knownSymbols` has them. */
export const assetOf = (name: string): Asset | undefined => named.get(name);
