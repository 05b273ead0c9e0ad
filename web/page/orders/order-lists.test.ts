import { describe, expect, it } from 'vitest';
import { orderOf } from './kit/order.js';
import { endedOf, noneTold, openOf, withTold } from './order-lists.js';

const at = (minute: number) => ({ createdAt: `2026-06-15T11:${minute.toString().padStart(2, '0')}:00.000Z` });
const [first, second, third] = [orderOf('a', at(1)), orderOf('b', at(2)), orderOf('c', at(3))];
const ids = (orders: readonly { readonly id: string }[]) => orders.map(({ id }) => id).join(' ');
const filled = { status: 'FILLED' as const, version: 5 };
const of = { portfolioId: 'p-paper', isAll: true };

describe('orders that were read, and told since', () => {
  it('are open until it is told that they ended, the newest first', () => {
    expect(ids(openOf([first, second], noneTold))).toBe('b a');
    const told = withTold(withTold(noneTold, third), { ...first, ...filled });
    expect(ids(openOf([first, second], told))).toBe('c b');
    expect(ids(endedOf([], told, of))).toBe('a');
  });

  it('are as they are known last, whichever way that came', () => {
    const told = withTold(withTold(noneTold, { ...first, version: 4 }), { ...first, version: 3, filledQuantity: '9' });
    expect(openOf([{ ...first, version: 2 }], told)).toMatchObject([{ version: 4, filledQuantity: '0' }]);
    expect(openOf([{ ...first, version: 6 }], told)).toMatchObject([{ version: 6 }]);
  });

  it('that ended are those of the portfolio, and none that is older than what was read so far', () => {
    const told = [first, third, orderOf('d', { ...at(4), portfolioId: 'p-other' })].reduce(
      (all, order) => withTold(all, { ...order, ...filled }),
      noneTold,
    );
    const read = [{ ...second, ...filled }];
    expect(ids(endedOf(read, told, { ...of, isAll: false }))).toBe('c b');
    expect(ids(endedOf(read, told, of))).toBe('c b a');
  });

  it('are remembered up to a thousand, those that were told last', () => {
    const told = Array.from({ length: 1_001 }, (_, n) => orderOf(`o-${n}`)).reduce(withTold, noneTold);
    expect([told.size, told.has('o-0'), told.has('o-1000')]).toEqual([1_000, false, true]);
  });
});
