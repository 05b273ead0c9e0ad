import type { Decimal } from '@tickfolio/lib/money';
import type { PriceState } from '../market/price-state.js';
import type { KnownReading } from './price-reading.js';
import { asciiJson } from './text-frame.js';

export interface CoinTextInput {
  readonly symbol: string;
  /** Lower case; undefined where nobody said it. */
  readonly quoteAsset: string | undefined;
  /** Undefined while there is no price. */
  readonly reading: Pick<KnownReading, 'text' | 'timeText' | 'age'> | undefined;
  /** Undefined while there is no total. */
  readonly priceUsdt: Decimal | undefined;
  readonly state: PriceState;
  /** The symbol of that state, where it is the one that the price is converted with. */
  readonly stateOf: string | undefined;
}

/** The list of symbols need not have a coin any more whose price is not of now, so the frame says what it is. */
const assetsText = (symbol: string, quoteAsset: string | undefined): string => {
  if (quoteAsset === undefined || quoteAsset === '' || !symbol.endsWith(quoteAsset)) return '';
  const base = symbol.slice(0, -quoteAsset.length).toUpperCase();
  return `,"BaseAsset":${asciiJson(base)},"QuoteAsset":${asciiJson(quoteAsset.toUpperCase())}`;
};

const stateText = ({ symbol, quoteAsset, state, stateOf }: CoinTextInput): string => {
  if (state === 'live') return '';
  return `,"PriceState":"${state}"${stateOf === undefined ? '' : `,"PriceStateOf":${asciiJson(stateOf)}`}${assetsText(symbol, quoteAsset)}`;
};

/**
 * What a frame says of a coin before and after the digits of its total: `"Price":"1.5","Total":"`, or up to the end of
 * `null`; and `","PriceTime":…,"Stale":…,"PriceReceived":…}`.
 */
export const coinText = (input: CoinTextInput): { readonly beforeTotal: string; readonly afterTotal: string } => {
  const { reading, priceUsdt, state } = input;
  const price = reading ? `"${reading.text}"` : 'null';
  const [time, from] = reading ? [`"${reading.timeText}"`, `"${reading.age.fromText}"`] : ['null', 'null'];
  const quality = `"PriceTime":${time},"Stale":${state !== 'live'},"PriceReceived":${from}`;
  return {
    beforeTotal: `"Price":${price},"Total":${priceUsdt ? '"' : 'null'}`,
    afterTotal: `${priceUsdt ? '"' : ''},${quality}${stateText(input)}}`,
  };
};
