import { Problem } from '@tickfolio/client/problem';
import { describe, expect, it } from 'vitest';
import { en as shell } from '../../text/messages-en.js';
import { en } from '../../text/trade/en.js';
import { orderRefusalOf } from './order-refusal.js';

const text = { ...shell, ...en };
const refused = (status: number, reason: string, field?: string, facts: Readonly<Record<string, unknown>> = {}) =>
  new Problem(status, 'The order is not valid.', {
    ...{ reason, facts },
    ...(field === undefined ? {} : { fields: new Map([[field, 'is wrong']]), reasons: new Map([[field, reason]]) }),
  });

describe('why an order is not placed', () => {
  it('is said at the field, with the nearest value that is allowed and what that is said in', () => {
    const lot = refused(422, 'lot-size', 'quantity', { bound: '0.00001', nearest: '0.12346' });
    expect(orderRefusalOf(lot, text)).toMatchObject({
      ...{ field: 'amount', words: en.orderFaults['lot-size'], isPassing: false },
      nearest: { field: 'amount', unit: 'base', value: '0.12346' },
    });
    const worth = refused(422, 'notional', 'quoteQuantity', { nearest: '5' });
    expect(orderRefusalOf(worth, text).nearest).toEqual({ field: 'amount', unit: 'quote', value: '5' });
    const tick = refused(422, 'price-filter', 'price', { nearest: '68000.01' });
    expect(orderRefusalOf(tick, text)).toMatchObject({
      field: 'price',
      nearest: { field: 'price', value: '68000.01' },
    });
  });

  it('is no value to take where the server names none, or what is no number', () => {
    expect(orderRefusalOf(refused(422, 'lot-size', 'quantity'), text).nearest).toBeUndefined();
    expect(orderRefusalOf(refused(422, 'lot-size', 'quantity', { nearest: {} }), text).nearest).toBeUndefined();
  });

  it('is tried again by itself where it passes by itself: no price yet, or somebody is away', () => {
    const passing = [refused(409, 'no-price-yet'), refused(503, 'orders-away'), new Problem(0, '')];
    expect(passing.map((one) => orderRefusalOf(one, text).isPassing)).toEqual([true, true, true]);
    expect(orderRefusalOf(refused(503, 'unavailable'), text).words).toBe(en.orderFaults['orders-away']);
    expect(orderRefusalOf(refused(409, 'would-take'), text).isPassing).toBe(false);
  });

  it('is that there is not enough, at the amount', () => {
    const short = refused(409, 'insufficient-balance', undefined, { asset: 'USDT', available: '1', needed: '2' });
    expect(orderRefusalOf(short, text)).toMatchObject({
      ...{ field: 'amount', isShort: true, words: en.orderFaults['insufficient-balance'] },
    });
  });
});
