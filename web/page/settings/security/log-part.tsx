import { useInfiniteQuery } from '@tanstack/react-query';
import type { LogAnswer } from '@tickfolio/api/account';
import { useParts } from '../../parts.js';
import { accountKey, accountPath } from '../../security/account-overview.js';
import { useFaultWords } from '../../security/fault-words.js';
import { logPlace, logWords } from '../../security/log-words.js';
import { useSpeaking } from '../../text/language.js';
import { useSecurityText } from '../../text/security/use-security-text.js';
import { Part } from './part.js';

const pageSize = 20;

const useLog = () => {
  const { session } = useParts();
  return useInfiniteQuery({
    queryKey: [...accountKey, 'log'],
    queryFn: ({ pageParam, signal }) => {
      const cursor = pageParam === '' ? '' : `&cursor=${encodeURIComponent(pageParam)}`;
      const path = `${accountPath}/log?limit=${pageSize}${cursor}`;
      return session.call<LogAnswer>('GET', path, undefined, {}, signal);
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
  });
};

/** What happened to the account, in words, the newest first. */
export const LogPart = () => {
  const { text, times } = useSpeaking();
  const own = useSecurityText();
  const { store, clock } = useParts();
  const faultWords = useFaultWords();
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = useLog();
  const entries = data?.pages.flatMap((page) => page.entries);
  return (
    <Part title={own.logTitle}>
      <p className="hint">{own.logText}</p>
      {entries?.length === 0 && <p className="hint">{own.logEmpty}</p>}
      {entries && entries.length > 0 && (
        <ul className="entries">
          {entries.map((entry, at) => (
            // Two of one moment may say the same; older ones come below.
            <li key={`entry-${at.toString()}`}>
              <div>
                <p className={entry.outcome === 'refused' ? 'entry-name refused' : 'entry-name'}>
                  {logWords(entry, own)}
                </p>
                <p className="hint">{logPlace(entry)}</p>
              </div>
              <time dateTime={entry.at} title={times.full(Date.parse(entry.at))}>
                {times.near(Date.parse(entry.at), store.serverTime(clock.now()))}
              </time>
            </li>
          ))}
        </ul>
      )}
      {error && (
        <div className="asked-in-vain" role="alert">
          <p>{faultWords(error)}</p>
          <button type="button" className="button small" onClick={() => void refetch()}>
            {text.tryAgain}
          </button>
        </div>
      )}
      {!entries && isFetching && (
        <p className="hint" role="status">
          {text.working}
        </p>
      )}
      {hasNextPage && (
        <div className="part-actions">
          <button type="button" className="button" disabled={isFetching} onClick={() => void fetchNextPage()}>
            {isFetching ? text.working : own.logMore}
          </button>
        </div>
      )}
    </Part>
  );
};
