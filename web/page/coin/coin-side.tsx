import { Suspense, useCallback, useState } from 'react';
import type { Basis } from '../display/choices.js';
import { latePart } from '../kit/late-part.js';
import type { Row } from '../live/portfolio-view.js';
import { useLive } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { nameAmong, type Pair } from '../text/pair.js';
import type { Archive } from './chart/use-archive.js';
import { DayRange } from './day-range.js';
import { Position } from './position.js';

const AddCoinDialog = latePart(() =>
  import('../portfolio/search/add-coin-dialog.js').then(({ AddCoinDialog: found }) => found),
);
const ChangeCoinDialog = latePart(() =>
  import('../portfolio/changes/change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => found),
);

interface CoinSideProps extends Pair {
  readonly symbol: string;
  readonly name: string;
  /** Undefined where it is not held. */
  readonly row: Row | undefined;
  /** What its change is counted from. */
  readonly basis: Basis;
  /** Whether it can be added. */
  readonly isListed: boolean;
  readonly archive: Archive;
  /** Of now, or the last one that is known. */
  readonly price: string | undefined;
}

/** Beside the chart: what is held of the coin, and its last 24 hours. */
export const CoinSide = ({ symbol, name, base, quote, row, basis, isListed, archive, price }: CoinSideProps) => {
  const text = useAssetText();
  const rows = useLive((state) => state.view?.rows);
  const others = rows?.filter((held) => held.base === base && held.symbol !== symbol) ?? [];
  const [open, setOpen] = useState<'none' | 'change' | 'add'>('none');
  const close = useCallback(() => setOpen('none'), []);
  /** Undefined where nobody knows them. */
  const assets = quote === '' ? undefined : { base, quote };
  return (
    <div className="coin-side">
      {row ? (
        <Position row={row} basis={basis} others={others} onChange={() => setOpen('change')} />
      ) : (
        <section className="card position">
          <h2>{text.yourPosition}</h2>
          <p className="none">{text.notHeld}</p>
          {isListed && (
            <button type="button" className="button primary" onClick={() => setOpen('add')}>
              {text.addTo(nameAmong(name, { base, quote }))}
            </button>
          )}
        </section>
      )}
      {archive.day && price !== undefined && (
        <CardBoundary about={symbol}>
          <DayRange
            symbol={symbol}
            day={archive.day}
            volume={archive.volume}
            price={price}
            base={assets?.base}
            quote={assets?.quote}
          />
        </CardBoundary>
      )}
      <Suspense>
        {open === 'change' && <ChangeCoinDialog symbol={symbol} mode="add" onClose={close} />}
        {open === 'add' && <AddCoinDialog preset={{ symbol, base, quote }} onClose={close} />}
      </Suspense>
    </div>
  );
};
