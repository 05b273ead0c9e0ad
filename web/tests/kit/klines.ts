const iso = (atMs: number) => new Date(atMs).toISOString();

/** A candle that opens at a price, two above it at most, and traded twelve and a half. */
const kline = (atMs: number, stepMs: number, price: number, closed: boolean) => ({
  openTime: iso(atMs),
  closeTime: iso(atMs + stepMs - 1),
  ...{ open: `${price}`, high: `${price + 2}`, low: `${price - 1}`, close: `${price + 1}` },
  ...{ volume: '12.5', quoteVolume: '1', takerBuyVolume: '1', takerBuyQuoteVolume: '1', trades: 3, closed },
});

/** An exchange whose candles go on from `fromMs` to `nowMs`, each a dollar above the one before, at most 500 an answer. */
export const exchangeOf = (fromMs: number, stepMs: number, nowMs: number, simulated = false) => {
  const asked: string[] = [];
  const answer = (search: string) => {
    asked.push(search);
    const query = new URLSearchParams(search);
    const last = Math.floor((nowMs - fromMs) / stepMs);
    const to = Math.min(
      last,
      query.has('to') ? Math.floor((Date.parse(query.get('to') ?? '') - fromMs) / stepMs) : last,
    );
    const from = query.has('from') ? Math.ceil((Date.parse(query.get('from') ?? '') - fromMs) / stepMs) : to - 499;
    const first = Math.max(0, from);
    const count = Math.max(0, Math.min(Number(query.get('limit') ?? 500), to - first + 1));
    const klines = Array.from({ length: count }, (_, at) =>
      kline(fromMs + (first + at) * stepMs, stepMs, 1_000 + first + at, first + at < last),
    );
    return { interval: query.get('interval'), klines, gaps: [], next: null, asOf: iso(nowMs), simulated };
  };
  return { asked, answer };
};
