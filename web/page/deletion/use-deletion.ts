import { useQuery } from '@tanstack/react-query';
import type { DeletionAnswer } from '@tickfolio/api/account';
import { isProblem } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';
import { doubledMs } from '@tickfolio/lib/retry/backoff';
import { usePace, useParts } from '../parts.js';
import { ofNobody, readPublic } from '../public-reading.js';

/** So often for the first few times, then less and less: a service that is away may be so for a day. */
const [everyMs, seldomMs, brisk] = [2_000, 60_000, 5] as const;

/** Without a session: there is none any more. @throws Problem */
export const askDeletion = (session: Session, token: string, signal?: AbortSignal): Promise<DeletionAnswer> =>
  readPublic(session, `deletions/${encodeURIComponent(token)}`, 'state', signal);

/** What became of a deleted account; asked for again until all of it is gone. */
export const useDeletion = (token: string) => {
  const { session } = useParts();
  const paceMs = usePace(everyMs);
  return useQuery({
    queryKey: ['deletion', token],
    meta: ofNobody,
    queryFn: ({ signal }) => askDeletion(session, token, signal),
    refetchInterval: ({ state: { data, error, dataUpdateCount, errorUpdateCount } }) =>
      data?.state === 'done' || isProblem(error, 404)
        ? false
        : doubledMs(paceMs, seldomMs, Math.max(0, dataUpdateCount + errorUpdateCount - brisk)),
  });
};
