import type { ReactNode } from 'react';
import { useOnline, useParts } from '../parts.js';
import { useSpeaking } from '../text/language.js';
import { useTradeText } from '../text/trade/use-trade-text.js';

interface AskedOrdersProps {
  readonly query: {
    readonly data: unknown;
    readonly isError: boolean;
    readonly dataUpdatedAt: number;
    readonly refetch: () => Promise<unknown>;
  };
  /** Epoch milliseconds. */
  readonly nowMs: number;
  readonly children: ReactNode;
}

/** Orders that were asked for: until they are here that they are on their way, or why not; later since when they are old. */
export const AskedOrders = ({ query, nowMs, children }: AskedOrdersProps) => {
  const { times } = useSpeaking();
  const text = useTradeText();
  const { store } = useParts();
  const online = useOnline();
  const isOld = query.isError || !online;
  if (query.data === undefined && !isOld)
    return (
      <p className="none" role="status">
        {text.working}
      </p>
    );
  return (
    <>
      {query.data !== undefined && children}
      {isOld && (
        <div className="orders-away" role="alert">
          <p>
            {query.data === undefined
              ? text.ordersAway
              : text.ordersOld(times.near(store.serverTime(query.dataUpdatedAt), nowMs))}
          </p>
          <button type="button" className="button small" onClick={() => void query.refetch()}>
            {text.tryAgain}
          </button>
        </div>
      )}
    </>
  );
};
