import { expect, it } from 'vitest';
import { accepted, btcusdt, d, planned, said, traded } from '../kit/matching.js';
import { match } from '../matching/match.js';
import { reservationOf } from './reservation.js';

it('a BUY at the market is filled where sellers have taken the last price 5 % below the last print of a buyer', () => {
  const reference = {
    ...{ lastPrice: d('100'), askPrint: d('106'), bidPrint: d('100') },
    ...{ watermarkMs: 0, lastTradeId: 0, lastTradeMs: 0 },
  };
  const asked = { type: 'MARKET', quantity: '1' } as const;
  const { protection } = reservationOf(planned(asked), btcusdt, reference);
  if (!protection) throw new Error('none');
  const { steps } = match({
    orders: [accepted('1', asked, { protection })],
    trades: [traded(1, '99', '5', 'seller'), traded(2, '99.5', '5', 'buyer')],
    before: reference,
    watermarkMs: 0,
  });
  expect(steps.map(said)).toEqual(['1 takes 1 at 106 by 1, all']);
});
