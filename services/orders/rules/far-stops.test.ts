import { compare, formatDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { accepted, btcusdt, d, planned, said, traded } from '../kit/matching.js';
import { match } from '../matching/match.js';
import { reservationOf } from './reservation.js';

it('a BUY STOP_LOSS further away than the percent bound of now can still be filled once its stop is reached', () => {
  const rules = { ...btcusdt, percentPrice: { BUY: { up: d('1.2') }, SELL: {} } };
  const reference = {
    ...{ lastPrice: d('100'), askPrint: d('100'), bidPrint: d('100') },
    ...{ watermarkMs: 0, lastTradeId: 0, lastTradeMs: 0 },
  };
  const asked = { type: 'STOP_LOSS', quantity: '1', stopPrice: '150' } as const;
  const { protection } = reservationOf(planned(asked), rules, reference);
  if (!protection) throw new Error('none');
  const order = accepted('1', asked, { protection });
  const { steps } = match({
    orders: [order],
    trades: [traded(1, '150', '5', 'buyer'), traded(2, '150.5', '5', 'buyer')],
    before: reference,
    watermarkMs: 0,
  });
  expect(steps.map(said)).toEqual(['1 triggered by 1', '1 takes 1 at 150.5 by 2, all']);
  expect([formatDecimal(protection), compare(protection, d('150')) >= 0]).toEqual([formatDecimal(protection), true]);
});
