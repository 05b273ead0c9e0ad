import { useQuery } from '@tanstack/react-query';
import type { CandlesAnswer } from '@tickfolio/api/market';
import { type Decimal, multiply } from '@tickfolio/lib/money';
import { useParts } from '../../parts.js';
import { exact } from '../../text/exact.js';

/** What a coin cost in USDT when it was recorded last. */
export interface RecordedPrice {
  readonly price: Decimal;
  /** Epoch milliseconds, the start of its minute. */
  readonly atMs: number;
}

const refreshMs = 10_000;

/**
 * The last price in the archive, no older than an hour, of a coin that nobody here holds: the socket sends none for it.
 * @returns undefined while it is asked for, null where none is recorded
 */
export const useRecordedPrice = (symbol: string, quote: string, wanted: boolean): RecordedPrice | null | undefined => {
  const { session } = useParts();
  const rate = quote.toLowerCase() === 'usdt' ? undefined : `${quote.toLowerCase()}usdt`;
  const { data, isError } = useQuery({
    queryKey: ['recorded', symbol],
    queryFn: async () => {
      const lastOf = async (of: string) => {
        const { Candles } = await session.call<CandlesAnswer>(
          'GET',
          `/api/v1/coins/${encodeURIComponent(of)}/candles?range=1h`,
        );
        const last = Candles.at(-1);
        return last && { price: exact(last.Close), atMs: Date.parse(last.Time) };
      };
      const [own, other] = await Promise.all([lastOf(symbol), rate === undefined ? undefined : lastOf(rate)]);
      if (!own || rate === undefined) return own ?? null;
      return other ? { price: multiply(own.price, other.price), atMs: Math.min(own.atMs, other.atMs) } : null;
    },
    enabled: wanted,
    refetchInterval: refreshMs,
    retry: false,
  });
  return isError ? null : data;
};
