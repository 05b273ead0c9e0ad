import { Link, useParams } from '@tanstack/react-router';
import type { DeletionAnswer } from '@tickfolio/api/account';
import { isProblem } from '@tickfolio/client/problem';
import { faultText } from '../kit/fault-text.js';
import { useParts } from '../parts.js';
import { PageHeading } from '../shell/page-heading.js';
import { useDeletionText } from '../text/deletion/use-deletion-text.js';
import { useSpeaking } from '../text/language.js';
import { useDeletion } from './use-deletion.js';

/** A service that is away for a moment is no news. */
const patienceMs = 60_000;

const Progress = ({ deletion }: { readonly deletion: DeletionAnswer }) => {
  const text = useDeletionText();
  const { times } = useSpeaking();
  const { clock } = useParts();
  const { state, deletedAt, until, services } = deletion;
  const isDone = state === 'done';
  const { other, ...known } = text.deletionParts;
  const words: Readonly<Record<string, string>> = known;
  return (
    <>
      <PageHeading title={isDone ? text.deletionDone : text.deletionRunning} />
      <p role="status">{isDone ? text.deletionDoneText : text.deletionRunningText}</p>
      <ul className="entries">
        {services.map(({ service, doneAt }) => (
          <li key={service}>
            <p className="entry-name">{words[service] ?? other(service)}</p>
            {doneAt === null ? (
              <span className="hint">{text.deletionOpen}</span>
            ) : (
              <time dateTime={doneAt} title={times.full(Date.parse(doneAt))}>
                {text.deletionErased(times.near(Date.parse(doneAt), clock.now()))}
              </time>
            )}
          </li>
        ))}
      </ul>
      {!isDone && clock.now() - Date.parse(deletedAt) > patienceMs && <p className="hint">{text.deletionLate}</p>}
      <p className="hint">{text.deletionLink(times.dated(Date.parse(until)))}</p>
    </>
  );
};

/** What became of an account that was deleted, for who has the address. */
export const DeletionPage = () => {
  const text = useDeletionText();
  const { token } = useParams({ from: '/deletions/$token' });
  const { data, error, refetch } = useDeletion(token);
  const isUnknown = isProblem(error, 404);
  return (
    <div className="gate">
      <div className="card gate-card">
        {isUnknown && (
          <>
            <PageHeading title={text.deletionUnknown} />
            <p>{text.deletionUnknownText}</p>
          </>
        )}
        {data && !isUnknown && <Progress deletion={data} />}
        {!data && !error && <p role="status">{text.working}</p>}
        {error && !isUnknown && (
          <div className="asked-in-vain" role="alert">
            <p>{faultText(error, text)}</p>
            <button type="button" className="button small" onClick={() => void refetch()}>
              {text.tryAgain}
            </button>
          </div>
        )}
        <p className="gate-other">
          <Link to="/welcome">{text.deletionToStart}</Link>
        </p>
      </div>
    </div>
  );
};
