import type { Symbol as ListedSymbol, PriceFactors } from '@tickfolio/gen/market/v1';
import { amountKind } from '@tickfolio/lib/money';

/** What an entry of the exchange's list says of orders, as it came. */
export interface SaidOfOrders {
  readonly filters?: unknown;
  readonly baseAssetPrecision?: unknown;
  readonly quoteAssetPrecision?: unknown;
  readonly quotePrecision?: unknown;
  readonly orderTypes?: unknown;
}

/** What the exchange demands of orders of a symbol. */
type OrderRules = Omit<ListedSymbol, 'symbol' | 'baseAsset' | 'quoteAsset' | 'status' | 'paused'>;

/** No exchange has more of them, nor longer names. */
const maxOrderTypes = 32;
const maxTypeLetters = 32;
/** Decimals, minutes, parts and orders are all below it. */
const maxCount = 1_000_000;

type Filter = Readonly<Record<string, unknown>>;

const isFilter = (value: unknown): value is Filter => typeof value === 'object' && value !== null;
const isDecimal = (value: unknown): value is string => ['positive', 'zero'].includes(amountKind(value));
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxCount;
const isType = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxTypeLetters;

/**
 * What the exchange demands of orders, by its filters. @param refuse told of each filter that cannot be read, such as
 * `LOT_SIZE.maxQty`; the rule is left out then
 */
export const readOrderRules = (said: SaidOfOrders, refuse: (what: string) => void): OrderRules => {
  const rules: { -readonly [Rule in keyof OrderRules]: OrderRules[Rule] } = {
    tickSize: '0',
    stepSize: '0',
    orderTypes: [],
  };
  const read = <T>(type: string, field: string, value: unknown, is: (value: unknown) => value is T): T | undefined => {
    if (value === undefined || is(value)) return value;
    refuse(type === '' ? field : `${type}.${field}`);
    return undefined;
  };
  const isList = (value: unknown): value is unknown[] => Array.isArray(value);
  const filters = (read('', 'filters', said.filters, isList) ?? []).filter(isFilter);
  const filterOf = (type: string): Filter => filters.find(({ filterType }) => filterType === type) ?? {};
  const decimal = (type: string, field: string) => read(type, field, filterOf(type)[field], isDecimal);
  const count = (type: string, field: string) => read(type, field, filterOf(type)[field], isCount);
  const flag = (type: string, field: string) =>
    read(type, field, filterOf(type)[field], (value): value is boolean => typeof value === 'boolean');
  /** Keeps a rule that there is. */
  const set = <Rule extends keyof OrderRules>(rule: Rule, value: OrderRules[Rule] | undefined) => {
    if (value !== undefined) rules[rule] = value;
  };
  const factors = (buy: string | undefined, sell: string | undefined): PriceFactors | undefined =>
    buy === undefined && sell === undefined ? undefined : { buy, sell };

  set('tickSize', decimal('PRICE_FILTER', 'tickSize'));
  set('minPrice', decimal('PRICE_FILTER', 'minPrice'));
  set('maxPrice', decimal('PRICE_FILTER', 'maxPrice'));
  set('stepSize', decimal('LOT_SIZE', 'stepSize'));
  set('minQuantity', decimal('LOT_SIZE', 'minQty'));
  set('maxQuantity', decimal('LOT_SIZE', 'maxQty'));
  set('marketMinQuantity', decimal('MARKET_LOT_SIZE', 'minQty'));
  set('marketMaxQuantity', decimal('MARKET_LOT_SIZE', 'maxQty'));
  set('marketStepSize', decimal('MARKET_LOT_SIZE', 'stepSize'));
  // The older filter first: where there are both, the newer one says the last word.
  set('minNotional', decimal('MIN_NOTIONAL', 'minNotional'));
  set('minNotional', decimal('NOTIONAL', 'minNotional'));
  set('maxNotional', decimal('NOTIONAL', 'maxNotional'));
  set('applyNotionalToMarket', flag('MIN_NOTIONAL', 'applyToMarket'));
  set('applyNotionalToMarket', flag('NOTIONAL', 'applyMinToMarket'));
  set('applyMaxNotionalToMarket', flag('NOTIONAL', 'applyMaxToMarket'));
  for (const type of ['MIN_NOTIONAL', 'NOTIONAL', 'PERCENT_PRICE', 'PERCENT_PRICE_BY_SIDE'])
    set('averagePriceMinutes', count(type, 'avgPriceMins'));
  const [up, down] = [decimal('PERCENT_PRICE', 'multiplierUp'), decimal('PERCENT_PRICE', 'multiplierDown')];
  const bySide = (field: string) => decimal('PERCENT_PRICE_BY_SIDE', field);
  set('percentPriceUp', factors(bySide('bidMultiplierUp') ?? up, bySide('askMultiplierUp') ?? up));
  set('percentPriceDown', factors(bySide('bidMultiplierDown') ?? down, bySide('askMultiplierDown') ?? down));
  set('icebergParts', count('ICEBERG_PARTS', 'limit'));
  set('maxPosition', decimal('MAX_POSITION', 'maxPosition'));
  set('maxOpenOrders', count('MAX_NUM_ORDERS', 'maxNumOrders'));
  set('basePrecision', read('', 'baseAssetPrecision', said.baseAssetPrecision, isCount));
  set('quotePrecision', read('', 'quotePrecision', said.quotePrecision, isCount));
  set('quotePrecision', read('', 'quoteAssetPrecision', said.quoteAssetPrecision, isCount));
  rules.orderTypes = (read('', 'orderTypes', said.orderTypes, isList) ?? []).filter(isType).slice(0, maxOrderTypes);
  return rules;
};
