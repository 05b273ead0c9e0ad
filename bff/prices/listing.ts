import type { Decimal } from '@tickfolio/lib/money';
import type { PriceState } from '../market/price-state.js';
import type { KnownReading } from './price-reading.js';

/** What the board knows of one symbol. Parsed and rendered once per reading, then shared by all who hold the symbol. */
export interface Listing {
  readonly symbol: string;
  /** Lower case; undefined until somebody said it. */
  readonly quoteAsset: string | undefined;
  /** Its own last price; undefined while there is none. */
  readonly reading: Pick<KnownReading, 'text' | 'timeText' | 'tradeId'> | undefined;
  /** The listing that turns this one's price into USDT; undefined where the price is in USDT already. */
  readonly conversion: Listing | undefined;
  /** Undefined while the price, or the one it is converted with, is not known. */
  readonly priceUsdt: Decimal | undefined;
  /** Of the price, or where that is well of the one it is converted with. */
  readonly state: PriceState;
  /**
   * A coin's part of a frame from the price up to the digits of its total, `"Price":"1.5","Total":"`, or up to the end
   * of `null`.
   */
  readonly beforeTotal: string;
  /** The rest of the coin's part, `","PriceTime":…,"Stale":…,"PriceReceived":…}`. */
  readonly afterTotal: string;
}
