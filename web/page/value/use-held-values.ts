import { useQuery } from '@tanstack/react-query';
import type { HeldRange, HeldValueAnswer } from '@tickfolio/api/history';
import { useMemo, useRef } from 'react';
import { framedSymbols } from '../live/framed-symbols.js';
import { useLive, useParts } from '../parts.js';
import type { HeldHistory } from './line/held-stretches.js';

/** What was does not change; how far the record reaches does, slowly. */
const refreshMs = 3_600_000;
/** What did not answer, or was asked for too much, may answer now. */
const againMs = 30_000;

const historyOf = ({ StepSeconds, Points, Left }: HeldValueAnswer): HeldHistory => ({
  stepMs: StepSeconds * 1_000,
  points: Points.map(({ Time, Value, Missing }) => ({
    atMs: Date.parse(Time),
    value: Value,
    isHeld: true,
    ...(Missing ? { missing: Missing } : {}),
  })),
  left: Left,
});

/** What the coins that are held now would have been worth; asked for where the record has wide gaps. */
export const useHeldValues = (range: HeldRange, isNeeded: boolean) => {
  const { session, store } = useParts();
  const isSimulated = useLive((state) => state.view?.simulated === true);
  // Anew with every change of what is held.
  const holdings = useLive(() => store.frame && `${store.frame.Version} ${framedSymbols(store.frame.Coins)}`);
  const { data, errorUpdateCount, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: ['held-values', range, holdings, isSimulated],
    queryFn: () => session.call<HeldValueAnswer>('GET', `/api/v1/profile/value/held?range=${range}`),
    enabled: isNeeded && holdings !== undefined,
    staleTime: refreshMs,
    refetchInterval: ({ state }) => (state.status === 'error' ? againMs : refreshMs),
    placeholderData: (before, query) => (query?.queryKey[1] === range ? before : undefined),
  });
  // Asking again is no news: until an answer comes what did not answer is away, of what is held after a change too.
  const failed = useRef<HeldRange>(undefined);
  if (data) failed.current = undefined;
  else if (errorUpdateCount > 0) failed.current = range;
  const isAway = failed.current === range;
  // What was held before is not what is held now, and made up prices never stand beside real ones.
  const isOfNow = !isPlaceholderData && data?.Simulated === isSimulated;
  return {
    history: useMemo(() => (isOfNow && data ? historyOf(data) : undefined), [data, isOfNow]),
    isAway,
    isAsking: isFetching,
    /** It is not known yet whether there is an answer. */
    isLoading: isNeeded && !data && isFetching && !isAway,
    /** Something else is held than that of which the answer was. */
    isChanging: isNeeded && isPlaceholderData,
    refetch,
  };
};
