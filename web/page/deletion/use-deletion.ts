import { useQuery } from '@tanstack/react-query';
import type { DeletionAnswer } from '@tickfolio/api/account';
import { isProblem, Problem, problemOf } from '@tickfolio/client/problem';
import { usePace } from '../parts.js';
import { basePath } from '../place.js';

const everyMs = 2_000;

/** Without a session: there is none any more. @throws Problem */
const ask = async (token: string, signal: AbortSignal): Promise<DeletionAnswer> => {
  const response = await fetch(`${basePath}api/v1/deletions/${encodeURIComponent(token)}`, { signal }).catch(() => {
    throw new Problem(0, '');
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as DeletionAnswer;
};

/** What became of a deleted account; asked for again until all of it is gone. */
export const useDeletion = (token: string) => {
  const paceMs = usePace(everyMs);
  return useQuery({
    queryKey: ['deletion', token],
    queryFn: ({ signal }) => ask(token, signal),
    refetchInterval: ({ state: { data, error } }) => (data?.state === 'done' || isProblem(error, 404) ? false : paceMs),
  });
};
