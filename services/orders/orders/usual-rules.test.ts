import { AppError } from '@tickfolio/lib/errors';
import { describe, expect, it } from 'vitest';
import { btcusdt, planned } from '../kit/matching.js';
import { usualRules } from './usual-rules.js';

const refusalOf = (work: () => unknown) => {
  try {
    work();
  } catch (err) {
    if (err instanceof AppError) return { code: err.code, field: err.fields[0], facts: err.facts };
    throw err;
  }
  return undefined;
};

describe('an order that is not taken', () => {
  it('is told the rule, its bound, the nearest value that is allowed, and what the exchange would say', () => {
    const plan = planned({ quantity: '1', price: '100.012' });
    expect(refusalOf(() => usualRules.checkFilters(plan, btcusdt, undefined))).toEqual({
      code: 'unprocessable',
      field: {
        ...{ field: 'price', reason: 'price-filter' },
        message: 'is no multiple of 0.01; the nearest that is allowed is 100.01',
      },
      facts: { bound: '0.01', nearest: '100.01', exchangeCode: '-1013' },
    });
  });

  it('for its form is told what is wrong with it', () => {
    const asked = { symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', quantity: '1' };
    expect(refusalOf(() => usualRules.readPlan(asked))).toEqual({
      code: 'invalid_argument',
      field: { field: 'price', reason: 'missing', message: 'LIMIT needs price' },
      facts: { exchangeCode: '-1102' },
    });
  });
});

describe('all that there is', () => {
  it('is sold in whole steps, so that nobody has to compute dust (freqtrade#606, #4324)', () => {
    expect(usualRules.roundedDown('0.499512345', btcusdt)).toBe('0.49951');
    expect(usualRules.roundedDown('0.000001', btcusdt)).toBe('0');
  });
});
