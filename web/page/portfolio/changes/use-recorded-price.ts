import { useQuery } from '@tanstack/react-query';
import type { CandlesAnswer } from '@tickfolio/api/market';
import { isProblem } from '@tickfolio/client/problem';
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

/** Why there is no price: none is recorded, or nobody can be asked now. */
export type NoRecord = 'none' | 'away';

/**
 * The last price in the archive, no older than an hour, of a coin that nobody here holds: the socket sends none for it.
 * `known` is undefined while it is asked for.
 */
export const useRecordedPrice = (symbol: string, quote: string, wanted: boolean) => {
  const { session } = useParts();
  const rate = quote.toLowerCase() === 'usdt' ? undefined : `${quote.toLowerCase()}usdt`;
  const { data, error, refetch } = useQuery({
    queryKey: ['recorded', symbol],
    queryFn: async (): Promise<RecordedPrice | NoRecord> => {
      const lastOf = async (of: string) => {
        const { Candles } = await session.call<CandlesAnswer>(
          'GET',
          `/api/v1/coins/${encodeURIComponent(of)}/candles?range=1h`,
        );
        const last = Candles.at(-1);
        return last && { price: exact(last.Close), atMs: Date.parse(last.Time) };
      };
      const [own, other] = await Promise.all([lastOf(symbol), rate === undefined ? undefined : lastOf(rate)]);
      if (!own || rate === undefined) return own ?? 'none';
      return other ? { price: multiply(own.price, other.price), atMs: Math.min(own.atMs, other.atMs) } : 'none';
    },
    enabled: wanted,
    refetchInterval: refreshMs,
    retry: false,
  });
  // Where there is no archive at all none is recorded. An older answer is as good as it was.
  const isNowhere = isProblem(error) && error.reasons.get('archive') === 'no-archive';
  const known: RecordedPrice | NoRecord | undefined = data ?? (isNowhere ? 'none' : error ? 'away' : undefined);
  return { known, retry: () => void refetch() };
};
