import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { openDialog } from '../../shell/open-dialog.js';
import { PageHeading } from '../../shell/page-heading.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { addressOf } from '../addresses.js';
import { Asked } from '../asked.js';
import type { Portfolio } from '../portfolio-calls.js';
import { useEverything, usePortfolios } from '../use-portfolios.js';
import { PortfolioCard } from './portfolio-card.js';

const ArchivedList = ({ portfolios }: { readonly portfolios: readonly Portfolio[] }) => {
  const text = usePortfoliosText();
  const { times } = useSpeaking();
  if (portfolios.length === 0) return <p className="none">{text.noneArchived}</p>;
  return (
    <ul className="entries">
      {portfolios.map((one) => (
        <li key={one.id}>
          <Link to="/portfolios/$portfolio" params={{ portfolio: addressOf(one) }} translate="no">
            {one.name}
          </Link>
          {one.archivedAt !== null && (
            <time dateTime={one.archivedAt} title={times.full(Date.parse(one.archivedAt))}>
              {text.archivedAt(times.dated(Date.parse(one.archivedAt)))}
            </time>
          )}
        </li>
      ))}
    </ul>
  );
};

/** Those that are out of the way, for who asks. */
const Archived = () => {
  const text = usePortfoliosText();
  const query = usePortfolios(true);
  return (
    <section className="card" aria-labelledby="archived-title">
      <h2 id="archived-title">{text.archivedPortfolios}</h2>
      <Asked query={query}>{(portfolios) => <ArchivedList portfolios={portfolios} />}</Asked>
    </section>
  );
};

/** The portfolios of who is signed in. */
export const PortfoliosPage = () => {
  const text = usePortfoliosText();
  const query = usePortfolios();
  const everything = useEverything();
  const [hasArchived, setHasArchived] = useState(false);
  return (
    <div className="portfolios">
      <div className="page-head">
        <PageHeading title={text.portfolios} />
        <div className="head-actions">
          <button type="button" className="button primary" onClick={() => openDialog('portfolio')}>
            {text.newPortfolio}
          </button>
        </div>
      </div>
      <Asked query={query} shape="cards">
        {(portfolios) => (
          <ul className="portfolio-cards">
            {[everything, ...portfolios].map((one) => (
              <PortfolioCard key={one.id} portfolio={one} />
            ))}
          </ul>
        )}
      </Asked>
      {hasArchived ? (
        <Archived />
      ) : (
        <p>
          <button type="button" className="button small" onClick={() => setHasArchived(true)}>
            {text.showArchived}
          </button>
        </p>
      )}
    </div>
  );
};
