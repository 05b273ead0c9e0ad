import { Link } from '@tanstack/react-router';
import { memo, useState } from 'react';
import { useChoice } from '../display/choice.js';
import { basisChoice } from '../display/choices.js';
import { ChangeMark } from '../kit/change-mark.js';
import { CoinBadge } from '../kit/coin-badge.js';
import type { Row } from '../live/portfolio-view.js';
import { assetAddress } from '../text/asset-address.js';
import { Figure } from '../text/figure.js';
import { useSpeaking, useText } from '../text/language.js';
import { nameAmong } from '../text/pair.js';
import { createHeldMovers } from './movers.js';

const Mover = memo(({ row }: { readonly row: Row }) => {
  const { text, times } = useSpeaking();
  const { asset, search } = assetAddress(row.symbol, row.quote.toLowerCase());
  const note = row.daySinceMs === undefined ? undefined : text.onlySince(times.full(row.daySinceMs));
  return (
    <li>
      <Link to="/assets/$asset" params={{ asset }} search={search} className="mover">
        <CoinBadge asset={row.base} />
        <span className="mover-name" translate="no">
          {nameAmong(row.name, row)}
        </span>
        <span className="mover-figures">
          {row.priceDay && <ChangeMark change={row.priceDay} percentOnly note={note} />}
          {row.day && <Figure className="mover-amount" isPrivate>{`${row.day.text} USDT`}</Figure>}
        </span>
      </Link>
    </li>
  );
});

interface MoverListProps {
  readonly rows: readonly Row[];
  /** The server's now, in epoch milliseconds. */
  readonly asOfMs: number;
}

/** What moved the portfolio: the prices of what is held that changed most, and what that was in money. */
export const MoverList = ({ rows, asOfMs }: MoverListProps) => {
  const text = useText();
  const basis = useChoice(basisChoice);
  const [held] = useState(createHeldMovers);
  const movers = held(rows, asOfMs, basis);
  return (
    <section className="card movers" aria-labelledby="movers-title">
      <h2 id="movers-title">
        <span>{text.movers}</span> <span className="count">{text.bases[basis]}</span>
      </h2>
      {movers.length === 0 ? (
        <p className="panel-note">{rows.some(({ priceDay }) => priceDay) ? text.nothingMoved : text.noBasis}</p>
      ) : (
        <ol>
          {movers.map((row) => (
            <Mover key={row.symbol} row={row} />
          ))}
        </ol>
      )}
    </section>
  );
};
