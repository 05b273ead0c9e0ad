import { useEffect } from 'react';
import { keeping } from '../keeping.js';
import { useSession, useShown } from '../parts.js';

const key = 'tickfolio.simulated';

/**
 * Whether prices are made up; until the first frame says so, whether they were when the page was open last, so that
 * what says it has its place from the first picture on.
 */
export const useSimulated = (): boolean => {
  const said = useShown(({ view }) => view?.simulated);
  const session = useSession();
  useEffect(() => {
    if (said === true) keeping.setItem(key, '1');
    else if (said === false) keeping.removeItem(key);
  }, [said]);
  // Where nobody answers nothing is shown of which it would have to be said.
  const isAway = session.kind === 'unknown' && session.away === true;
  return said ?? (!isAway && keeping.getItem(key) !== null);
};
