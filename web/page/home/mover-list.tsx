import { Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import type { Basis } from '../display/choices.js';
import { ChangeMark } from '../kit/change-mark.js';
import { CoinBadge } from '../kit/coin-badge.js';
import { leadNote } from '../kit/lead-note.js';
import type { Holding } from '../live/holdings.js';
import { assetAddress } from '../text/asset-address.js';
import { CardAmount } from '../text/card-amount.js';
import { useHomeText } from '../text/home/use-home-text.js';
import { useSpeaking } from '../text/language.js';
import { nameAmong } from '../text/pair.js';
import type { ChangesReading } from '../value/use-day-bases.js';
import { createHeldMovers } from './movers.js';

const Mover = memo(({ holding }: { readonly holding: Holding }) => {
  const { times } = useSpeaking();
  const text = useHomeText();
  const { asset: base, name, rows, gained } = holding;
  const [lead] = rows;
  const { asset, search } = assetAddress(lead.symbol, lead.quote.toLowerCase());
  return (
    <li>
      <Link to="/assets/$asset" params={{ asset }} search={search} className="mover">
        <CoinBadge asset={base} />
        <span className="mover-name" translate="no">
          {rows.length === 1 ? nameAmong(name, lead) : name}
        </span>
        <span className="mover-figures">
          {lead.priceDay && <ChangeMark change={lead.priceDay} percentOnly note={leadNote(rows, text, times)} />}
          {gained && <CardAmount className="mover-amount" amount={gained} isChange />}
        </span>
      </Link>
    </li>
  );
});

interface MoverListProps {
  readonly holdings: readonly Holding[];
  /** What changes are counted from. */
  readonly basis: Basis;
  readonly changes: ChangesReading;
  /** The server's now, in epoch milliseconds. */
  readonly asOfMs: number;
}

/** What moved the portfolio: the prices of what is held that changed most, and what that was in money. */
export const MoverList = ({ holdings, basis, changes, asOfMs }: MoverListProps) => {
  const text = useHomeText();
  const [held] = useState(createHeldMovers);
  const movers = held(holdings, asOfMs, basis);
  const isAnyKnown = holdings.some(({ rows: [{ priceDay }] }) => priceDay);
  const why = () => {
    if (isAnyKnown) return text.nothingMoved;
    if (changes.isAway) return text.changesAway;
    return changes.isLoading ? text.working : text.noBasis;
  };
  return (
    <section className="card movers" aria-labelledby="movers-title">
      <h2 id="movers-title">
        <span>{text.movers}</span> <span className="count">{text.bases[basis]}</span>
      </h2>
      {movers.length === 0 ? (
        <div className="panel-note">
          <p>{why()}</p>
          {!isAnyKnown && changes.isAway && (
            <button type="button" className="button small" onClick={changes.retry}>
              {text.tryAgain}
            </button>
          )}
        </div>
      ) : (
        <ol>
          {movers.map((holding) => (
            <Mover key={holding.asset} holding={holding} />
          ))}
        </ol>
      )}
    </section>
  );
};
