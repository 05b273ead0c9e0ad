import { type Decimal, formatDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { rulesOfSymbol } from './rules-of-symbol.js';

const plain = {
  ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING', paused: false },
  ...{ tickSize: '0.01000000', stepSize: '0.00001000', orderTypes: [] },
};
const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'object' && value !== null && 'units' in value && 'scale' in value;
const inWords = (value: unknown): unknown => {
  if (isDecimal(value)) return formatDecimal(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inWords(one)]));
};

describe('what the exchange asks of orders of a symbol', () => {
  it('is nothing that it does not say, and no bound of 0 or that cannot be read', () => {
    const of = { ...plain, minPrice: '0.00000000', maxPrice: 'many', icebergParts: 0, maxOpenOrders: undefined };
    expect(inWords(rulesOfSymbol(of))).toEqual({
      ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING', paused: false },
      ...{
        tickSize: '0.01',
        stepSize: '0.00001',
        applyNotionalToMarket: false,
        applyMaxNotionalToMarket: false,
        averagePriceMinutes: 0,
      },
    });
  });

  it('is all that it says, exactly', () => {
    const said = {
      ...{ minPrice: '0.01', maxPrice: '1000000.00', minQuantity: '0.00001', maxQuantity: '9000' },
      ...{ marketStepSize: '0.1', marketMinQuantity: '0.2', marketMaxQuantity: '120.5' },
      ...{ minNotional: '5.00', maxNotional: '9000000.00', applyNotionalToMarket: true, averagePriceMinutes: 5 },
      ...{ icebergParts: 10, maxOpenOrders: 200, orderTypes: ['LIMIT', 'MARKET'] },
    };
    const factors = { percentPriceUp: { buy: '5', sell: '5.5' }, percentPriceDown: { buy: '0.2', sell: '0' } };
    expect(inWords(rulesOfSymbol({ ...plain, ...said, ...factors }))).toMatchObject({
      ...{ minPrice: '0.01', maxPrice: '1000000', minQuantity: '0.00001', maxQuantity: '9000' },
      ...{ marketStepSize: '0.1', marketMinQuantity: '0.2', marketMaxQuantity: '120.5' },
      ...{ minNotional: '5', maxNotional: '9000000', applyNotionalToMarket: true, averagePriceMinutes: 5 },
      ...{ icebergParts: 10, maxOpenOrders: 200, orderTypes: ['LIMIT', 'MARKET'] },
      percentPrice: { BUY: { up: '5', down: '0.2' }, SELL: { up: '5.5' } },
    });
  });
});
