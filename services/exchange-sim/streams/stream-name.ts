/**
 * A well-formed stream name, taken apart. A name of a symbol that does not exist is well-formed: it is accepted and
 * stays silent.
 */
export interface StreamName {
  readonly name: string;
  /** As written (real ones are lower case); undefined for the streams of all symbols. */
  readonly symbol: string | undefined;
  readonly kind: string;
}

const interval = '(?:1s|1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w|1M)';
const kinds = new RegExp(
  `^(?:aggTrade|trade|miniTicker|ticker|bookTicker|avgPrice|referencePrice|blockTrade|ticker_(?:1h|4h|1d)|depth(?:5|10|20)?(?:@1000?ms)?|kline_${interval}(?:@[+-]\\d{2}:\\d{2})?)$`,
);
const wholeMarket = /^!(?:miniTicker@arr|ticker@arr|ticker_(?:1h|4h|1d)@arr|bookTicker)$/;
/** Symbols may be non-ASCII, but never hold blanks, quotes, slashes or the separators. */
const symbolPattern = /^[^\s"'@!/\\,<>{}[\]]{1,40}$/u;

/** @returns undefined for what the exchange calls an invalid stream. */
export const parseStreamName = (name: string): StreamName | undefined => {
  if (wholeMarket.test(name)) return { name, symbol: undefined, kind: name };
  const at = name.indexOf('@');
  const symbol = name.slice(0, at);
  const kind = name.slice(at + 1);
  return at > 0 && symbolPattern.test(symbol) && kinds.test(kind) ? { name, symbol, kind } : undefined;
};
