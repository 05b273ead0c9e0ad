import { Disclosure } from '../kit/disclosure.js';
import { PriceTag } from '../kit/price-state.js';
import { useOnline, useShown } from '../parts.js';
import { useText } from '../text/language.js';
import { nameAmong } from '../text/pair.js';
import { liveness } from './liveness.js';

/** How live the page is, in a dot and a word; where prices are old, which. */
export const FreshnessDot = () => {
  const text = useText();
  const online = useOnline();
  const connection = useShown((state) => state.connection);
  const view = useShown((state) => state.view);
  const { tone, word, old } = liveness({ online, connection, view }, text);
  const dot = (
    <>
      <span className="pulse" aria-hidden="true" />
      <span className="dot-word">{word}</span>
    </>
  );
  if (old.length === 0)
    return (
      <p className={`freshness-dot ${tone}`} title={word}>
        {dot}
      </p>
    );
  return (
    <Disclosure label={word} className={`freshness-dot ${tone}`} button={dot}>
      <ul className="old-prices">
        {old.map((row) => (
          <li key={row.symbol}>
            <span translate="no">{nameAmong(row.name, row)}</span> <PriceTag row={row} atMs={row.priceAtMs} />
          </li>
        ))}
      </ul>
    </Disclosure>
  );
};
