import { faultText } from '../kit/fault-text.js';
import { useLive } from '../parts.js';
import { useSpeaking } from '../text/language.js';
import { useMarketsText } from '../text/markets/use-markets-text.js';
import type { MarketsSearch } from './markets-search.js';
import type { TickerBook } from './use-tickers.js';

const bones = Array.from({ length: 10 }, (_, at) => at);

/** The shape of the table that is coming. */
export const MarketBones = () => {
  const text = useMarketsText();
  return (
    <div className="market-bones" role="status">
      <p className="bone-words">{text.working}</p>
      {bones.map((bone) => (
        <div key={bone} className="bone" />
      ))}
    </div>
  );
};

interface NoteProps {
  readonly words: string;
  readonly action: string;
  readonly onAction: () => void;
}

/** Why there is nothing, or nothing new, and what one can do. */
export const MarketNote = ({ words, action, onAction }: NoteProps) => (
  <p className="panel-note market-note" role="status">
    <span>{words}</span>{' '}
    <button type="button" className="button small" onClick={onAction}>
      {action}
    </button>
  </p>
);

interface NoMarketsProps {
  readonly query: string;
  readonly quote: string | undefined;
  /** Nothing is known of any market, because the server hears nothing of the exchange. */
  readonly isNothingKnown: boolean;
  readonly onChange: (search: MarketsSearch) => void;
  readonly onRetry: () => void;
}

/** What there would have to be for a row, and the way to one. */
export const NoMarkets = ({ query, quote, isNothingKnown, onChange, onRetry }: NoMarketsProps) => {
  const text = useMarketsText();
  if (isNothingKnown) return <MarketNote words={text.noMarketsYet} action={text.tryAgain} onAction={onRetry} />;
  if (query !== '')
    return (
      <MarketNote words={text.noResult(query)} action={text.clearSearch} onAction={() => onChange({ q: undefined })} />
    );
  if (quote !== undefined)
    return (
      <MarketNote
        words={text.noMarketsIn(quote)}
        action={text.eachAssetOnce}
        onAction={() => onChange({ quote: undefined })}
      />
    );
  return <MarketNote words={text.noMarketsYet} action={text.tryAgain} onAction={onRetry} />;
};

/** Of the newest price; epoch milliseconds. */
const newestMs = ({ tickers, asOf }: TickerBook): number => {
  const newest = tickers.reduce((newest, { time }) => (time > newest ? time : newest), '');
  return Date.parse(newest === '' ? asOf : newest);
};

interface OldNoteProps {
  readonly book: TickerBook;
  /** Why the last question had no answer; null where it had one. */
  readonly fault: unknown;
  readonly onRetry: () => void;
}

/** Since when prices are old, and why; nothing while they are of now. */
export const OldNote = ({ book, fault, onRetry }: OldNoteProps) => {
  const { times } = useSpeaking();
  const text = useMarketsText();
  const framedMs = useLive(({ view }) => view?.asOfMs ?? 0);
  if (fault === null && book.stale === null) return null;
  const why = fault === null ? text.exchangeSilent : faultText(fault, text);
  const sinceMs = newestMs(book);
  const isOfToday = times.isSameDay(sinceMs, Math.max(framedMs, Date.parse(book.asOf)));
  return (
    <MarketNote
      words={`${text.marketsOldSince(isOfToday ? times.seconds(sinceMs) : times.full(sinceMs))} ${why}`}
      action={text.tryAgain}
      onAction={onRetry}
    />
  );
};
