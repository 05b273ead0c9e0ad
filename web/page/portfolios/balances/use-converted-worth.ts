import { useQuery } from '@tanstack/react-query';
import type { TickersAnswer } from '@tickfolio/api/tickers';
import type { Session } from '@tickfolio/client/session';
import { type Decimal, divide, isZero } from '@tickfolio/lib/money';
import { usePace, useParts } from '../../parts.js';
import { readPublic } from '../../public-reading.js';
import { exact } from '../../text/exact.js';

/** A rate for the eye is not asked for more often. */
const paceMs = 15_000;
/** Decimals of a converted amount: those of the smallest coins. */
const scale = 8;

const readRate = async (session: Session, currency: string, signal: AbortSignal): Promise<string | null> => {
  const path = `tickers?base=${encodeURIComponent(currency)}&quote=USDT&limit=1`;
  const { tickers } = await readPublic<TickersAnswer>(session, path, 'tickers', signal);
  return tickers[0]?.price ?? null;
};

/**
 * What an amount in USDT is in another currency, rounded; for the eye only.
 * @returns undefined where that is USDT, or its price is not known
 */
export const useConvertedWorth = (usdt: Decimal | undefined, currency: string): Decimal | undefined => {
  const { session } = useParts();
  const pace = usePace(paceMs);
  const { data } = useQuery({
    queryKey: ['rate', currency],
    queryFn: ({ signal }) => readRate(session, currency, signal),
    enabled: currency !== 'USDT' && usdt !== undefined,
    refetchInterval: pace,
  });
  if (!usdt || !data || currency === 'USDT' || isZero(exact(data))) return undefined;
  return divide(usdt, exact(data), scale);
};
