import { useQuery } from '@tanstack/react-query';
import type { DeletionAnswer } from '@tickfolio/api/account';
import { isProblem, Problem, problemOf } from '@tickfolio/client/problem';
import { doubledMs } from '@tickfolio/lib/retry/backoff';
import { usePace } from '../parts.js';
import { basePath } from '../place.js';

/** So often for the first few times, then less and less: a service that is away may be so for a day. */
const [everyMs, seldomMs, brisk] = [2_000, 60_000, 5] as const;

/** Without a session: there is none any more. @throws Problem */
export const askDeletion = async (token: string, signal?: AbortSignal): Promise<DeletionAnswer> => {
  const response = await fetch(
    `${basePath}api/v1/deletions/${encodeURIComponent(token)}`,
    signal ? { signal } : {},
  ).catch(() => {
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
    queryFn: ({ signal }) => askDeletion(token, signal),
    refetchInterval: ({ state: { data, error, dataUpdateCount, errorUpdateCount } }) =>
      data?.state === 'done' || isProblem(error, 404)
        ? false
        : doubledMs(paceMs, seldomMs, Math.max(0, dataUpdateCount + errorUpdateCount - brisk)),
  });
};
