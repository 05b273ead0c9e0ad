import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type OrderBody, type Tested, useOrderCalls } from '../../orders/order-calls.js';
import { useParts } from '../../parts.js';
import { useTradeText } from '../../text/trade/use-trade-text.js';
import { type OrderRefusal, orderRefusalOf } from './order-refusal.js';

/** Who types goes on within this. */
const typingMs = 300;
/** What may be otherwise in a moment is asked again. */
const againMs = 3_000;

/** What placing an order would do, or why it is refused. */
export interface Preview {
  readonly isAsked: boolean;
  readonly tested: Tested | undefined;
  readonly refusal: OrderRefusal | undefined;
}

/** A value once it stayed the same for a while. */
const useRested = (value: string): string => {
  const { clock } = useParts();
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = clock.after(typingMs, () => setRested(value));
    return () => timer.cancel();
  }, [clock, value]);
  return rested;
};

/** Asks the server what an order would do, whenever it is another one. @param body undefined while something is missing */
export const usePreview = (body: OrderBody | undefined): Preview => {
  const text = useTradeText();
  const calls = useOrderCalls();
  const said = body ? JSON.stringify(body) : '';
  const rested = useRested(said);
  const isRested = said !== '' && said === rested;
  const { data, error, isFetching } = useQuery({
    queryKey: ['order-test', said],
    queryFn: ({ signal }) => calls.test(JSON.parse(said) as OrderBody, signal),
    enabled: isRested,
    refetchInterval: ({ state: { error: refused } }) =>
      refused && orderRefusalOf(refused, text).isPassing ? againMs : false,
    // What is available, and what it costs at the market, is another in a moment.
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  return {
    isAsked: said !== '' && (!isRested || (isFetching && !data && !error)),
    tested: isRested && !error ? data : undefined,
    refusal: isRested && error ? orderRefusalOf(error, text) : undefined,
  };
};
