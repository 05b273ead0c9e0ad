import { useQuery } from '@tanstack/react-query';
import type { KlinesAnswer } from '@tickfolio/api/klines';
import { type Change, changeOf } from '@tickfolio/lib/look/change';
import { useChoice } from '../display/choice.js';
import { basisChoice } from '../display/choices.js';
import { useParts } from '../parts.js';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { exact } from '../text/exact.js';
import { useSpeaking } from '../text/language.js';
import { isoOf } from '../text/times.js';
import { basisMoment } from '../value/basis-moment.js';

const minuteMs = 60_000;
/** Moments of a basis are multiples of it, in every zone. */
const interval = '15m';
/** A price that is older than a moment by more is none of then. */
const maxLateMs = 60 * minuteMs;

interface PriceChangeOptions {
  /** Undefined where it is not asked for. */
  readonly symbol: string | undefined;
  /** Of now, exact. */
  readonly price: string | undefined;
  /** What it cost 24 hours ago, exact. */
  readonly dayAgo: string | undefined;
  /** Of the newest frame, epoch milliseconds. */
  readonly asOfMs: number;
}

/** How much the price of a coin that is not held moved since changes are counted; undefined where that is not known. */
export const usePriceChange = ({ symbol, price, dayAgo, asOfMs }: PriceChangeOptions): Change | undefined => {
  const { session } = useParts();
  const { times } = useSpeaking();
  const text = useAssetText();
  const atMs = basisMoment(useChoice(basisChoice), asOfMs, times);
  const { data } = useQuery({
    queryKey: ['price-then', symbol, atMs],
    queryFn: () => {
      const from = encodeURIComponent(isoOf(atMs ?? 0));
      const path = `/api/v1/klines/${encodeURIComponent(symbol ?? '')}`;
      return session.call<KlinesAnswer>('GET', `${path}?interval=${interval}&from=${from}&limit=1`);
    },
    enabled: symbol !== undefined && atMs !== undefined && atMs > 0,
    // That of the hour before will do until it is there.
    placeholderData: (before, query) => {
      const [, of, ofMs = 0] = query?.queryKey ?? [];
      return of === symbol && Math.abs(Number(ofMs) - (atMs ?? 0)) <= maxLateMs ? before : undefined;
    },
    // What it was then stays.
    staleTime: Number.POSITIVE_INFINITY,
  });
  const kline = data?.klines[0];
  const isOfThen = kline !== undefined && atMs !== undefined && Date.parse(kline.openTime) - atMs <= maxLateMs;
  const before = atMs === undefined ? dayAgo : isOfThen ? kline.open : undefined;
  if (price === undefined || before === undefined) return undefined;
  return changeOf(exact(price), exact(before), text.numbers);
};
