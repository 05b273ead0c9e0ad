import { describe, expect, it } from 'vitest';
import { readSymbolList } from '../rest/rest-payload.js';

/** An entry as the exchange has sent it. */
const btcusdt = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  baseAssetPrecision: 8,
  quoteAsset: 'USDT',
  quotePrecision: 8,
  quoteAssetPrecision: 6,
  orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS'],
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', maxPrice: '1000000.00000000', tickSize: '0.01000000' },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
    { filterType: 'ICEBERG_PARTS', limit: 10 },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.00000000', maxQty: '107.87043625', stepSize: '0.00000000' },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '4',
      askMultiplierDown: '0.1',
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: '5.00000000',
      applyMinToMarket: true,
      maxNotional: '9000000.00000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    { filterType: 'MAX_POSITION', maxPosition: '50.00000000' },
  ],
};
const whole = { symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING', paused: false };
const read = (...symbols: unknown[]) => readSymbolList({ symbols });

describe("the exchange's rules for orders", () => {
  it('are told as the exchange writes them', () => {
    expect(read(btcusdt)).toEqual({
      badFilters: [],
      symbols: [
        {
          ...whole,
          tickSize: '0.01000000',
          minPrice: '0.01000000',
          maxPrice: '1000000.00000000',
          stepSize: '0.00001000',
          minQuantity: '0.00001000',
          maxQuantity: '9000.00000000',
          marketMinQuantity: '0.00000000',
          marketMaxQuantity: '107.87043625',
          marketStepSize: '0.00000000',
          minNotional: '5.00000000',
          maxNotional: '9000000.00000000',
          applyNotionalToMarket: true,
          applyMaxNotionalToMarket: false,
          maxPosition: '50.00000000',
          averagePriceMinutes: 5,
          percentPriceUp: { buy: '5', sell: '4' },
          percentPriceDown: { buy: '0.2', sell: '0.1' },
          orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS'],
          icebergParts: 10,
          maxOpenOrders: 200,
          basePrecision: 8,
          quotePrecision: 6,
        },
      ],
    });
  });

  it('are read from the older filters too, of which both sides have the same', () => {
    const filters = [
      { filterType: 'MIN_NOTIONAL', minNotional: '10', applyToMarket: false, avgPriceMins: 1 },
      { filterType: 'PERCENT_PRICE', multiplierUp: '1.3', multiplierDown: '0.7', avgPriceMins: 0 },
    ];
    expect(read({ ...btcusdt, filters }).symbols[0]).toMatchObject({
      minNotional: '10',
      applyNotionalToMarket: false,
      averagePriceMinutes: 0,
      percentPriceUp: { buy: '1.3', sell: '1.3' },
      percentPriceDown: { buy: '0.7', sell: '0.7' },
    });
  });

  it('are absent where the exchange has none, and the symbol is listed all the same', () => {
    const { symbol, status, baseAsset, quoteAsset } = btcusdt;
    const bare = { ...whole, tickSize: '0', stepSize: '0', orderTypes: [] };
    expect(read({ symbol, status, baseAsset, quoteAsset })).toEqual({ badFilters: [], symbols: [bare] });
  });

  it('cost a bad filter its own rule alone, which is named', () => {
    const filters = [
      { filterType: 'PRICE_FILTER', minPrice: -1, maxPrice: '1000000.00000000', tickSize: '0.01' },
      { filterType: 'LOT_SIZE', minQty: 'few', maxQty: '9000', stepSize: '0.001' },
      { filterType: 'NOTIONAL', minNotional: '5', applyMinToMarket: 'yes' },
      { filterType: 'ICEBERG_PARTS', limit: 1.5 },
      'MAX_NUM_ORDERS',
    ];
    const { symbols, badFilters } = read({ ...btcusdt, filters, orderTypes: 'LIMIT' });
    expect(symbols).toEqual([
      {
        ...whole,
        tickSize: '0.01',
        maxPrice: '1000000.00000000',
        stepSize: '0.001',
        maxQuantity: '9000',
        minNotional: '5',
        orderTypes: [],
        basePrecision: 8,
        quotePrecision: 6,
      },
    ]);
    expect([...badFilters].sort()).toEqual(
      ['PRICE_FILTER.minPrice', 'LOT_SIZE.minQty', 'NOTIONAL.applyMinToMarket', 'ICEBERG_PARTS.limit', 'orderTypes']
        .map((what) => `BTCUSDT ${what}`)
        .sort(),
    );
    expect(read({ ...btcusdt, filters: 7 }, { ...btcusdt, symbol: 'ETHUSDT' }).badFilters).toEqual(['BTCUSDT filters']);
  });
});
