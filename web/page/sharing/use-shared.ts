import { useQuery } from '@tanstack/react-query';
import type { SharedAnswer } from '@tickfolio/api/shares';
import { isProblem } from '@tickfolio/client/problem';
import { usePace, useParts } from '../parts.js';
import { ofNobody, readPublic } from '../public-reading.js';

const everyMs = 60_000;

/** What a link leads to; asked for again as long as it leads somewhere. */
export const useShared = (token: string) => {
  const { session } = useParts();
  const paceMs = usePace(everyMs);
  return useQuery({
    queryKey: ['shared', token],
    meta: ofNobody,
    queryFn: ({ signal }) =>
      readPublic<SharedAnswer>(session, `shares/${encodeURIComponent(token)}`, 'positions', signal),
    refetchInterval: ({ state: { error } }) => (isProblem(error, 404) ? false : paceMs),
  });
};
