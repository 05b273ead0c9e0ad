import { useQuery } from '@tanstack/react-query';
import type { LeaseAnswer } from '@tickfolio/api/leases';
import type { TickerAnswer } from '@tickfolio/api/tickers';
import type { Direction } from '@tickfolio/lib/look/change';
import { compare } from '@tickfolio/lib/money';
import { useEffect, useRef } from 'react';
import type { Freshness } from '../live/freshness.js';
import { useParts } from '../parts.js';
import { exact } from '../text/exact.js';
import { tickerFreshness } from './ticker-freshness.js';

/** The live price of a coin that is looked at and not held. */
export interface LookedAt {
  /** Exact, in the quote asset. */
  readonly price: string;
  /** Of the last change of the price. */
  readonly direction: Direction;
  /** Counts the changes of the price. */
  readonly ticks: number;
  readonly freshness: Freshness;
  /** No trade can come: it is not traded now, or nothing arrives. */
  readonly isStill: boolean;
}

/** The server follows it for a minute from each time on. */
const leaseAgainMs = 30_000;
const priceEveryMs = 1_000;

/** Has the server follow a symbol second by second for as long as its page is open. @param symbol undefined for none */
const useLease = (symbol: string | undefined) => {
  const { session } = useParts();
  useQuery({
    queryKey: ['lease', symbol],
    queryFn: () => session.call<LeaseAnswer>('PUT', `/api/v1/leases/${encodeURIComponent(symbol ?? '')}`),
    enabled: symbol !== undefined,
    refetchInterval: leaseAgainMs,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  useEffect(() => {
    if (symbol === undefined) return undefined;
    return () => {
      // What does not arrive does no harm: it ends by itself within a minute.
      session.call('DELETE', `/api/v1/leases/${encodeURIComponent(symbol)}`).catch(() => undefined);
    };
  }, [session, symbol]);
};

const useTicks = (symbol: string | undefined, price: string | undefined) => {
  const kept = useRef({ symbol, price, ticks: 0, direction: 'same' as Direction });
  const before = kept.current;
  if (before.symbol !== symbol) kept.current = { symbol, price, ticks: 0, direction: 'same' };
  else if (price !== before.price) {
    const moved = price !== undefined && before.price !== undefined ? compare(exact(price), exact(before.price)) : 0;
    const direction = moved > 0 ? 'up' : moved < 0 ? 'down' : before.direction;
    kept.current = { symbol, price, direction, ticks: before.ticks + (moved === 0 ? 0 : 1) };
  }
  return kept.current;
};

/** Follows a coin that is not held. @param symbol undefined for none; @returns undefined until its first price is known */
export const useLookedAt = (symbol: string | undefined): LookedAt | undefined => {
  const { session } = useParts();
  useLease(symbol);
  const { data, isError } = useQuery({
    queryKey: ['ticker', symbol],
    queryFn: () => session.call<TickerAnswer>('GET', `/api/v1/tickers/${encodeURIComponent(symbol ?? '')}`),
    enabled: symbol !== undefined,
    refetchInterval: priceEveryMs,
    staleTime: 0,
    retry: false,
  });
  const { ticks, direction } = useTicks(symbol, data?.ticker.price);
  if (!data || symbol === undefined) return undefined;
  const freshness = tickerFreshness(data, isError);
  const isStill = freshness.kind === 'down' || data.ticker.status === 'paused';
  return { price: data.ticker.price, direction, ticks, freshness, isStill };
};
