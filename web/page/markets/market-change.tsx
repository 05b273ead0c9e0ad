import { percentage, signed } from '@tickfolio/lib/look/amount';
import { directionOf } from '@tickfolio/lib/look/change';
import { exact } from '../text/exact.js';
import { useBreaks } from '../text/figure.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';

/** A change in percent, as the server sends it. */
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
  const shown = signed(percentage(exact(percent), text.numbers));
  const direction = directionOf(shown);
  return (
    <span className={`change ${direction}`}>
      <span className="visually-hidden">{`${text[direction]} `}</span>
      <span translate="no">{breaks(shown)}</span>
    </span>
  );
};
