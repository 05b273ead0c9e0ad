import { useEffect } from 'react';
import type { PortfolioView } from '../live/portfolio-view.js';
import { useLive } from '../parts.js';
import { timeUtc } from '../text/amount.js';
import { useText } from '../text/language.js';
import { ChangeMark } from './change-mark.js';
import { Digits } from './digits.js';
import { Freshness } from './freshness.js';
import { TotalLacks } from './total-lacks.js';

const arrows = { up: '▲', down: '▼', same: '' } as const;

/** The value, large, with all its digits in small below it, and how it moved. */
export const TotalPanel = ({ view }: { readonly view: PortfolioView }) => {
  const text = useText();
  const { total, sinceOpened, today, todaySince } = view;
  const live = useLive((state) => state.connection === 'live');
  useEffect(() => {
    document.title = `${total.text} USDT · tickfolio`;
    return () => {
      document.title = 'tickfolio';
    };
  }, [total.text]);
  return (
    <section className={`total ${live ? '' : 'faded'}`} aria-labelledby="total-title">
      <div className="total-head">
        <h1 id="total-title">{text.totalValue}</h1>
        <Freshness />
      </div>
      <p className="total-value large-digits" data-testid="total">
        <Digits text={total.text} direction={total.direction} ticks={total.ticks} />
        <span className="unit">USDT</span>
        <span className={`total-arrow ${total.direction}`} aria-hidden="true">
          {arrows[total.direction]}
        </span>
      </p>
      <p className="total-exact">
        {text.exactly} <span className="digits">{total.exact}</span>
      </p>
      <TotalLacks coins={view.lacking} />
      <dl className="changes">
        {today && (
          <div>
            <dt>
              {todaySince.atMs === undefined ? text.sinceMidnight : text.since(timeUtc(todaySince.atMs))}
              {todaySince.someLater && text.someLater}
            </dt>
            <dd>
              <ChangeMark change={today} />
            </dd>
          </div>
        )}
        {sinceOpened && (
          <div>
            <dt>{text.sinceOpened}</dt>
            <dd>
              <ChangeMark change={sinceOpened} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
};
