import { CoinBadge } from '../kit/coin-badge.js';
import { Digits } from '../kit/digits.js';
import { Figure } from '../text/figure.js';
import { useWelcomeText } from '../text/welcome/use-welcome-text.js';
import { useDemo } from './use-demo.js';

/** A portfolio that is worth something right now, for who has none yet. */
export const DemoTicker = () => {
  const text = useWelcomeText();
  const { view, lost } = useDemo();
  const isKnown = view?.rows.some(({ valueText }) => valueText !== undefined);
  return (
    <section className="card demo" aria-labelledby="demo-title">
      <div className="panel-head">
        <h2 id="demo-title">{text.demoTitle}</h2>
        {view?.simulated && <span className="pill">{text.simulatedShort}</span>}
      </div>
      {view && isKnown ? (
        <>
          <p className="total-value large-digits" data-testid="demo-total">
            <Digits text={view.total.text} direction={view.total.direction} ticks={view.total.ticks} />
            <span className="unit" translate="no">
              USDT
            </span>
          </p>
          <ul className="demo-rows">
            {view.rows.map((row) => (
              <li key={row.symbol} data-seen>
                <CoinBadge asset={row.base} />
                <span className="coin-name" translate="no">
                  {row.name}
                </span>
                <Digits text={row.priceText ?? '–'} direction={row.direction} ticks={row.ticks} />
                <Figure className="strong">{row.valueText ?? '–'}</Figure>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="total-waiting">{lost ? text.demoLost[lost] : text.demoWaiting}</p>
      )}
      <p className="hint">{text.demoNote}</p>
    </section>
  );
};
