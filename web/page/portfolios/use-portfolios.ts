import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { PortfoliosAnswer } from '@tickfolio/api/portfolios';
import { isProblem } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';
import { useCallback } from 'react';
import { usePace, useParts } from '../parts.js';
import { usePortfoliosText } from '../text/portfolios/use-portfolios-text.js';
import { addressOf, allName } from './addresses.js';
import { nameOf } from './default-names.js';
import { type Portfolio, portfolioPath, portfoliosKey, portfoliosPath } from './portfolio-calls.js';

/** All that one has at a time come in the first; of those that were archived there may be more. */
const [pageSize, maxPages] = [100, 10];

const readAll = async (
  call: Session['call'],
  archived: boolean,
  signal: AbortSignal,
): Promise<readonly Portfolio[]> => {
  const found: Portfolio[] = [];
  let cursor = '';
  for (let page = 0; page < maxPages; page++) {
    const query = `?archived=${archived}&limit=${pageSize}${cursor}`;
    const { portfolios, next } = await call<PortfoliosAnswer>('GET', portfoliosPath + query, undefined, {}, signal);
    found.push(...portfolios);
    if (next === null) break;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
  return found;
};

const againMs = 5_000;

/** What could not be asked is asked again by itself, as long as somebody looks: a service that is away comes back. */
const useAgain = () => {
  const pace = usePace(againMs);
  return ({ state: { error } }: { readonly state: { readonly error: Error | null } }) =>
    error && !isProblem(error, 404) ? pace : false;
};

/** All that one owns together, as if it were a portfolio. */
const everything: Portfolio = {
  ...{ id: allName, name: '', kind: 'tracking', baseCurrency: 'USDT', costMethod: 'FIFO', feeAsset: null },
  ...{ isDefault: false, simulated: false, version: 0, createdAt: '', archivedAt: null },
};

/** Names portfolios in the reader's words, where no person named them. */
const useNamed = () => {
  const text = usePortfoliosText();
  return useCallback(
    (one: Portfolio): Portfolio => ({ ...one, name: one.id === allName ? text.everything : nameOf(one, text) }),
    [text],
  );
};

export const useEverything = (): Portfolio => useNamed()(everything);

const listKey = (archived: boolean) => [...portfoliosKey, archived ? 'archived' : 'open'];

/** The portfolios of who is signed in, the oldest first. @param archived those that were archived, instead of the others */
export const usePortfolios = (archived = false) => {
  const { session } = useParts();
  const named = useNamed();
  return useQuery({
    queryKey: listKey(archived),
    queryFn: ({ signal }) => readAll(session.call, archived, signal),
    select: useCallback((found: readonly Portfolio[]) => found.map(named), [named]),
    refetchInterval: useAgain(),
  });
};

/** One portfolio, by the name that it has in addresses; an archived one too, or everything. @param isWanted asks for it */
export const usePortfolio = (name: string, isWanted = true) => {
  const { session } = useParts();
  const client = useQueryClient();
  const select = useNamed();
  return useQuery({
    queryKey: [...portfoliosKey, 'one', name],
    queryFn: ({ signal }) => session.call<Portfolio>('GET', portfolioPath(name), undefined, {}, signal),
    enabled: isWanted && name !== allName,
    refetchInterval: useAgain(),
    select,
    // What was typed about it stays where it cannot be read itself; it is asked for in any case.
    initialDataUpdatedAt: 0,
    initialData: () =>
      name === allName
        ? everything
        : client.getQueryData<readonly Portfolio[]>(listKey(false))?.find((one) => addressOf(one) === name),
  });
};

/** Whether there is no such portfolio; another user's is none either. */
export const isMissing = ({ error }: { readonly error: unknown }): boolean => isProblem(error, 404);

/** A function that shows at once what the server says of a portfolio that was changed, and has the rest read anew. */
export const useTakeChanged = () => {
  const client = useQueryClient();
  return (changed: Portfolio) => {
    for (const name of [changed.id, addressOf(changed)]) client.setQueryData([...portfoliosKey, 'one', name], changed);
    void client.invalidateQueries({ queryKey: portfoliosKey });
  };
};

/** A function that has everything of portfolios read anew, after a change of them. */
export const useReadAnew = () => {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: portfoliosKey });
};
