import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useLive, usePace, useParts } from '../parts.js';
import { portfoliosKey } from '../portfolios/portfolio-calls.js';
import { type Order, ordersKey, useOrderCalls } from './order-calls.js';
import { endedOf, noneTold, openOf, type ToldOrders, withTold } from './order-lists.js';

const toldKey = ['told-orders'];
const openKey = [...ordersKey, 'open'];
/** As many as a portfolio may have open, about; more are not read. */
const openLimit = '500';
const endedLimit = '20';
/** How often it is read what nobody tells: no connection gets through. */
const paceMs = 3_000;
/** Balances that one fill changes come one by one. */
const gatherMs = 100;

/** A function that shows at once what is said of an order, whoever said it. */
export const useTakeOrder = () => {
  const client = useQueryClient();
  return useCallback(
    (order: Order) => {
      client.setQueryData<ToldOrders>(toldKey, (told = noneTold) => withTold(told, order));
    },
    [client],
  );
};

const useTold = (): ToldOrders => {
  const client = useQueryClient();
  const { data = noneTold } = useQuery({
    queryKey: toldKey,
    queryFn: () => client.getQueryData<ToldOrders>(toldKey) ?? noneTold,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  return data;
};

/** Has it told, for as long as the page is shown, what becomes of orders, and of what is in their portfolios. */
export const useOrderFeed = (): void => {
  const { channels, clock } = useParts();
  const client = useQueryClient();
  const take = useTakeOrder();
  useEffect(() => {
    let isGathering = false;
    const readBalances = () => {
      if (isGathering) return;
      isGathering = true;
      clock.after(gatherMs, () => {
        isGathering = false;
        void client.invalidateQueries({ queryKey: [...portfoliosKey, 'balances'] });
      });
    };
    const ends = [
      channels.open('orders', (message) => {
        if (message.Type === 'order') take(message.Order);
        else void client.invalidateQueries({ queryKey: ordersKey });
      }),
      channels.open('balances', readBalances),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [channels, clock, client, take]);
};

/** How often it is asked for; not at all where it is told. */
const useFallbackPace = (): number | false => {
  const pace = usePace(paceMs);
  const isLive = useLive(({ connection }) => connection === 'live');
  return isLive ? false : pace;
};

/** All that are open, in every portfolio. @param untoldMs how often they are read where nobody has them told */
export const useOpenOrders = (untoldMs?: number) => {
  const calls = useOrderCalls();
  const told = useTold();
  const refetchInterval = useFallbackPace();
  const query = useQuery({
    queryKey: openKey,
    queryFn: async ({ signal }) => (await calls.list({ status: 'open', limit: openLimit }, signal)).orders,
    refetchInterval: ({ state: { error } }) => untoldMs ?? (error ? paceMs : refetchInterval),
  });
  const { data } = query;
  return { query, orders: useMemo(() => data && openOf(data, told), [data, told]) };
};

/** Those of a portfolio that have ended, the newest first. */
export const useEndedOrders = (portfolioId: string) => {
  const calls = useOrderCalls();
  const told = useTold();
  const query = useInfiniteQuery({
    queryKey: [...ordersKey, 'ended', portfolioId],
    queryFn: ({ pageParam, signal }) => {
      const page = { status: 'closed', portfolioId, limit: endedLimit };
      return calls.list(pageParam === undefined ? page : { ...page, cursor: pageParam }, signal);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const { data, hasNextPage } = query;
  const orders = useMemo(
    () =>
      data &&
      endedOf(
        data.pages.flatMap((page) => page.orders),
        told,
        { portfolioId, isAll: !hasNextPage },
      ),
    [data, told, portfolioId, hasNextPage],
  );
  return { query, orders };
};

/** A function that has all that is known of orders read anew. */
export const useReadOrders = () => {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ordersKey });
};
