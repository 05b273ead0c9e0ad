import type { IconName } from '../kit/icon.js';
import type { Messages } from '../text/messages-en.js';

/** A place that the navigation leads to: an address whose service stands. */
export interface Place {
  readonly key: keyof Messages['places'];
  readonly to: string;
  readonly icon: IconName;
  /** Also current while one is below these. */
  readonly within: RegExp;
  /** Whether one goes to the page of an asset from it. */
  readonly hasAssets: boolean;
  /** Where it stands on a phone: in the bar, behind "More", or in what stands there anyhow. */
  readonly onPhone: 'bar' | 'more' | 'elsewhere';
}

/** Where one goes who was nowhere before. */
export const marketsPlace: Place = {
  ...{ key: 'markets', to: '/markets', icon: 'markets' },
  ...{ within: /^\/markets$/, hasAssets: true, onPhone: 'bar' },
};

/** At the market that most trade; the page leads to the others. */
export const tradePlace: Place = {
  ...{ key: 'trade', to: '/trade/btcusdt', icon: 'trade' },
  ...{ within: /^\/trade\//, hasAssets: true, onPhone: 'bar' },
};

/** In the order of the rail. */
export const places: readonly Place[] = [
  { key: 'home', to: '/', icon: 'home', within: /^\/$/, hasAssets: true, onPhone: 'bar' },
  {
    ...{ key: 'portfolio', to: '/portfolios/default', icon: 'portfolio' },
    ...{ within: /^\/portfolios(\/|$)/, hasAssets: true, onPhone: 'bar' },
  },
  marketsPlace,
  tradePlace,
  {
    ...{ key: 'settings', to: '/settings/profile', icon: 'settings' },
    ...{ within: /^\/settings\//, hasAssets: false, onPhone: 'elsewhere' },
  },
];
