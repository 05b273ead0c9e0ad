import type { ISeriesPrimitive, ISeriesPrimitiveAxisView, Time } from 'lightweight-charts';

export interface PriceTagOptions {
  /** The newest price, whatever is in sight; undefined for none. */
  readonly price: () => number | undefined;
  /** In CSS pixels from the top of the pane, also above or below it; null where nothing is drawn. */
  readonly placeOf: (price: number) => number | null;
  /** Of the pane, in CSS pixels. */
  readonly height: () => number;
  readonly format: (price: number) => string;
  /** Of the tag itself, and of its text. */
  readonly colours: () => { readonly tag: string; readonly text: string };
}

/** The tag of the newest price on the axis of prices. */
export interface PriceTag extends ISeriesPrimitive<Time> {
  /** Of its middle, in CSS pixels from the top; null where it is not drawn. */
  place(): number | null;
}

/** Half of its height, in CSS pixels. */
const halfHeight = 10;

/**
 * Says what is paid now also where the end of the chart is scrolled out of sight; the tag of the library says the price
 * of the last candle in sight. A price above or below what is drawn stays at that edge, with an arrow.
 */
export const createPriceTag = ({ price, placeOf, height, format, colours }: PriceTagOptions): PriceTag => {
  const ownPlace = (): number | null => {
    const now = price();
    return now === undefined ? null : placeOf(now);
  };
  const place = (): number | null => {
    const at = ownPlace();
    return at === null ? null : Math.min(Math.max(at, halfHeight), height() - halfHeight);
  };
  const arrow = () => {
    const at = ownPlace() ?? 0;
    return at < 0 ? '↑ ' : at > height() ? '↓ ' : '';
  };
  const view: ISeriesPrimitiveAxisView = {
    coordinate: () => place() ?? 0,
    text: () => arrow() + format(price() ?? 0),
    textColor: () => colours().text,
    backColor: () => colours().tag,
    visible: () => place() !== null,
    tickVisible: () => false,
  };
  const views = [view];
  return { priceAxisViews: () => views, place };
};
