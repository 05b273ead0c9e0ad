import { accounts } from './accounts/module.js';
import { history } from './history/module.js';
import { live } from './live/module.js';
import { market } from './market/module.js';
import type { BffModule } from './module.js';
import { orders } from './orders/module.js';
import { audit, deletions, ownAccount } from './own-account/module.js';
import { portfolio } from './portfolio/module.js';
import { portfolios, transfers } from './portfolios/module.js';
import { sharedPortfolios, shares } from './shares/module.js';
import { tickers } from './tickers/module.js';
import { watchlist } from './watchlist/module.js';

/**
 * Every domain of the gateway, in the order in which the OpenAPI document names them. A new one is a folder and a line
 * here.
 */
export const modules: readonly BffModule[] = [
  accounts,
  portfolio,
  history,
  market,
  live,
  tickers,
  portfolios,
  transfers,
  shares,
  sharedPortfolios,
  watchlist,
  orders,
  ownAccount,
  deletions,
  audit,
];
