import { Link, useParams } from '@tanstack/react-router';
import type { SharedAnswer } from '@tickfolio/api/shares';
import { isProblem } from '@tickfolio/client/problem';
import { money, percentage, shortQuantity } from '@tickfolio/lib/look/amount';
import { faultText } from '../kit/fault-text.js';
import { nameOf } from '../portfolios/default-names.js';
import { PageHeading } from '../shell/page-heading.js';
import { exact } from '../text/exact.js';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import { useSharingText } from '../text/sharing/use-sharing-text.js';
import { useShared } from './use-shared.js';

/** What is something is never told as nothing. */
const underRounding = exact('0.001');

type Position = SharedAnswer['positions'][number];

const PositionRow = ({ asset, share, stale, quantity, value }: Position) => {
  const text = useSharingText();
  const { numbers } = text;
  return (
    <li>
      <div>
        <p className="entry-name" translate="no">
          {asset}
        </p>
        {quantity !== undefined && (
          <p className="hint entry-amounts">
            <Figure>{shortQuantity(quantity, numbers)}</Figure>{' '}
            {value && <Figure>{`${money(exact(value), numbers)} USDT`}</Figure>}
          </p>
        )}
        {share !== null && stale && <p className="hint">{text.sharedOld}</p>}
      </div>
      {share === null ? (
        <span className="hint">{text.sharedUnpriced}</span>
      ) : (
        <Figure>{percentage(share === '0' ? underRounding : exact(share), numbers)}</Figure>
      )}
    </li>
  );
};

const Shared = ({ shared }: { readonly shared: SharedAnswer }) => {
  const text = useSharingText();
  const { times } = useSpeaking();
  const { kind, simulated, value, percents, positions, expiresAt } = shared;
  return (
    <>
      <PageHeading title={nameOf(shared, { defaultNames: text.sharedNames })} />
      {kind === 'paper' && <p className="gate-line">{text.sharedPaper}</p>}
      {simulated && <p className="gate-line">{text.simulated}</p>}
      {value !== undefined && (
        <p>
          <span>{text.sharedWorth}</span> <Figure>{`${money(exact(value), text.numbers)} USDT`}</Figure>
        </p>
      )}
      {positions.length === 0 ? (
        <p>{text.sharedEmpty}</p>
      ) : (
        <>
          <ul className="entries" aria-label={text.sharedHeld}>
            {positions.map((one) => (
              <PositionRow key={one.asset} {...one} />
            ))}
          </ul>
          {percents !== '0' && <p className="hint">{text.sharedRounded(percentage(exact(percents), text.numbers))}</p>}
        </>
      )}
      <p className="hint">{text.sharedUntil(times.dated(Date.parse(expiresAt)))}</p>
    </>
  );
};

/** What somebody shared, for who has the link. */
export const SharedPage = () => {
  const text = useSharingText();
  const { token } = useParams({ from: '/s/$token' });
  const { data, error, refetch } = useShared(token);
  const isMissing = isProblem(error, 404);
  return (
    <div className="gate">
      <div className="card gate-card settings">
        {isMissing && (
          <>
            <PageHeading title={text.sharedMissing} />
            <p>{text.sharedMissingText}</p>
          </>
        )}
        {data && !isMissing && <Shared shared={data} />}
        {!data && !error && <p role="status">{text.working}</p>}
        {!data && error && !isMissing && (
          <div className="asked-in-vain" role="alert">
            <p>{faultText(error, text)}</p>
            <button type="button" className="button small" onClick={() => void refetch()}>
              {text.tryAgain}
            </button>
          </div>
        )}
        <p className="gate-other">
          <Link to="/welcome">{text.sharedToStart}</Link>
        </p>
      </div>
    </div>
  );
};
