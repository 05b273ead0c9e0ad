import type { Limits } from '../limits.js';
import { amountText } from '../market/fixed-point.js';
import type { Listing } from '../market/price-source.js';
import type { SymbolSpec } from '../market/symbols.js';

const orderTypes = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
];

const filtersOf = (spec: SymbolSpec) => {
  const tickSize = amountText(1, spec.priceDecimals);
  const stepSize = amountText(1, spec.quantityDecimals);
  // What costs less is sold in larger lots: of BTC 9,000 at most, and 100 where no price is named.
  const lots = 10 ** Math.max(0, 5 - spec.quantityDecimals);
  return [
    { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000.00000000', tickSize },
    { filterType: 'LOT_SIZE', minQty: stepSize, maxQty: `${9_000 * lots}.00000000`, stepSize },
    { filterType: 'ICEBERG_PARTS', limit: 10 },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: '0.00000000',
      maxQty: `${100 * lots}.00000000`,
      stepSize: '0.00000000',
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '5',
      askMultiplierDown: '0.2',
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: spec.minNotional,
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
  ];
};

const symbolOf = ({ spec, status }: Listing) => ({
  symbol: spec.symbol,
  status,
  baseAsset: spec.base,
  baseAssetPrecision: 8,
  quoteAsset: spec.quote,
  quotePrecision: 8,
  quoteAssetPrecision: 8,
  baseCommissionPrecision: 8,
  quoteCommissionPrecision: 8,
  orderTypes,
  icebergAllowed: true,
  ocoAllowed: true,
  otoAllowed: true,
  quoteOrderQtyMarketAllowed: true,
  allowTrailingStop: true,
  cancelReplaceAllowed: true,
  isSpotTradingAllowed: status === 'TRADING',
  isMarginTradingAllowed: false,
  filters: filtersOf(spec),
  permissions: [],
  permissionSets: [['SPOT']],
  defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
  allowedSelfTradePreventionModes: ['EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'],
});

/** Body of `GET /api/v3/exchangeInfo`. */
export const exchangeInfoText = (
  listings: readonly Listing[],
  serverTime: number | string,
  limits: Pick<Limits, 'weightPerMinute'>,
): string => {
  const rateLimits = [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: limits.weightPerMinute },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 100 },
    { rateLimitType: 'ORDERS', interval: 'DAY', intervalNum: 1, limit: 200_000 },
    { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
  ];
  return `{"timezone":"UTC","serverTime":${serverTime},"rateLimits":${JSON.stringify(rateLimits)},"exchangeFilters":[],"symbols":${JSON.stringify(listings.map(symbolOf))}}`;
};
