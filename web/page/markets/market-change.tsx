import { percentage, shortened, signed } from '@tickfolio/lib/look/amount';
import { directionOf } from '@tickfolio/lib/look/change';
import { compare, parseDecimal } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import { useBreaks } from '../text/figure.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';

/** From here on a change is as long as its column is wide. */
const longPercent = parseDecimal('1000');

/** A change in percent, as the server sends it; three digits of a long one, the whole where one points at it. */
export const MarketChange = ({ percent }: { readonly percent: string | null }) => {
  const text = useMarketsText();
  const breaks = useBreaks();
  if (percent === null)
    return (
      <span className="none">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">{text.changeUnknown}</span>
      </span>
    );
  const value = exact(percent);
  const whole = signed(percentage(value, text.numbers));
  const isLong = compare(value, longPercent) >= 0;
  const shown = isLong ? signed(`${shortened(value, text.numbers, text.sizes)} %`) : whole;
  const direction = directionOf(whole);
  return (
    <span className={`change ${direction}`} title={isLong ? whole : undefined}>
      <span className="visually-hidden">{`${text[direction]} `}</span>
      <span translate="no">{breaks(shown)}</span>
    </span>
  );
};
