import { useQuery } from '@tanstack/react-query';
import type { TickersAnswer } from '@tickfolio/api/tickers';
import { bodyOf, Problem, problemOf } from '@tickfolio/client/problem';
import { type Decimal, divide, isZero } from '@tickfolio/lib/money';
import { usePace } from '../../parts.js';
import { basePath } from '../../place.js';
import { exact } from '../../text/exact.js';

/** A rate for the eye is not asked for more often. */
const paceMs = 15_000;
/** Decimals of a converted amount: those of the smallest coins. */
const scale = 8;

const readRate = async (currency: string, signal: AbortSignal): Promise<string | null> => {
  const query = `base=${encodeURIComponent(currency)}&quote=USDT&limit=1`;
  const answer = await fetch(`${basePath}api/v1/tickers?${query}`, { signal }).catch(() => {
    throw new Problem(0, '');
  });
  if (!answer.ok) throw await problemOf(answer);
  const { tickers } = (await bodyOf(answer, 'tickers')) as unknown as TickersAnswer;
  return tickers[0]?.price ?? null;
};

/**
 * What an amount in USDT is in another currency, rounded; for the eye only.
 * @returns undefined where that is USDT, or its price is not known
 */
export const useConvertedWorth = (usdt: Decimal | undefined, currency: string): Decimal | undefined => {
  const pace = usePace(paceMs);
  const { data } = useQuery({
    queryKey: ['rate', currency],
    queryFn: ({ signal }) => readRate(currency, signal),
    enabled: currency !== 'USDT' && usdt !== undefined,
    refetchInterval: pace,
  });
  if (!usdt || !data || currency === 'USDT' || isZero(exact(data))) return undefined;
  return divide(usdt, exact(data), scale);
};
