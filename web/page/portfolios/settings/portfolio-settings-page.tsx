import { useParams } from '@tanstack/react-router';
import { MissingPage } from '../../shell/missing-page.js';
import { PageHeading } from '../../shell/page-heading.js';
import { useSpeaking } from '../../text/language.js';
import { usePortfoliosText } from '../../text/portfolios/use-portfolios-text.js';
import { allName } from '../addresses.js';
import { Asked } from '../asked.js';
import { PortfolioBar } from '../switcher/portfolio-bar.js';
import { isMissing, usePortfolio } from '../use-portfolios.js';
import { ArchivePart } from './archive-part.js';
import { SettingsForm } from './settings-form.js';
import { SharePart } from './sharing/share-part.js';

/** The settings of one portfolio. */
export const PortfolioSettingsPage = () => {
  const text = usePortfoliosText();
  const { times } = useSpeaking();
  const { portfolio: name } = useParams({ from: '/portfolios/$portfolio/settings' });
  const query = usePortfolio(name);
  if (name === allName || isMissing(query)) return <MissingPage />;
  return (
    <>
      <PortfolioBar name={name} />
      <div className="narrow">
        <PageHeading title={query.data ? text.settingsOf(query.data.name) : text.portfolioSettings} />
        <Asked query={query}>
          {(portfolio) =>
            portfolio.archivedAt === null ? (
              <>
                <SettingsForm key={portfolio.id} portfolio={portfolio} />
                <SharePart key={`share-${portfolio.id}`} portfolio={portfolio} />
                <ArchivePart portfolio={portfolio} />
              </>
            ) : (
              <p className="card">{text.archivedNote(times.dated(Date.parse(portfolio.archivedAt)))}</p>
            )
          }
        </Asked>
      </div>
    </>
  );
};
