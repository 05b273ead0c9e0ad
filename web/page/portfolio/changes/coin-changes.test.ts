import { newChangeKey } from '@tickfolio/client/change-key';
import { Problem } from '@tickfolio/client/problem';
import type { Session } from '@tickfolio/client/session';
import { createManualClock } from '@tickfolio/lib/clock';
import { parseDecimal } from '@tickfolio/lib/money';
import { describe, expect, it } from 'vitest';
import { createKeeping } from '../../browser-facilities.js';
import { faultText } from '../../kit/fault-text.js';
import { createPortfolioStore } from '../../live/portfolio-store.js';
import { createPriceTrails } from '../../live/price-trails.js';
import { en as faults } from '../../text/faults/en.js';
import { en } from '../../text/messages-en.js';
import { createCoinChanges } from './coin-changes.js';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly key: string | undefined;
  answer(body: object): void;
  refuse(fault: unknown): void;
}

const setUp = (held: string) => {
  const asked: Asked[] = [];
  const call = ((method, path, body, more) =>
    new Promise<unknown>((answer, refuse) => {
      asked.push({ method, path, body, key: more?.['idempotency-key'], answer, refuse });
    })) as Session['call'];
  const store = createPortfolioStore({
    clock: createManualClock(),
    schedule: () => undefined,
    trails: createPriceTrails(),
  });
  const coin = {
    Symbol: 'btcusdt',
    Quantity: held,
    Price: '100',
    Total: '100',
    PriceTime: null,
    Stale: false,
    Version: 1,
  };
  store.takeFrame({
    UserID: 'u',
    UserName: 'u',
    Version: 1,
    TotalValue: '100',
    Coins: [coin],
    AsOf: '2026-01-27T10:00:00.000Z',
  });
  let keys = 0;
  const changes = createCoinChanges({ call, store, newKey: () => `new-${++keys}` });
  /** The newest question. */
  const last = (): Asked => {
    const newest = asked.at(-1);
    if (!newest) throw new Error('nothing was asked');
    return newest;
  };
  return { asked, last, changes, store };
};

describe('a change of a coin', () => {
  it('is sent under the key of the wish, and undone by its name', async () => {
    const { last, changes, store } = setUp('2');
    const adding = changes.change('btcusdt', parseDecimal('0.5'), 'wish');
    expect(last()).toMatchObject({ body: { symbol: 'btcusdt', quantity: '0.5' }, key: 'wish' });
    expect(store.heldOf('btcusdt')).toBe('2.5');
    last().answer({ Quantity: '7.5', Version: 4, ChangeID: 'c-1' });
    const made = await adding;
    expect(store.heldOf('btcusdt')).toBe('7.5');
    const undoing = made.undo();
    expect(last()).toMatchObject({ method: 'POST', path: '/api/v1/profile/changes/c-1/undo', body: undefined });
    expect(store.heldOf('btcusdt')).toBe('7');
    last().answer({ Quantity: '7', Version: 5, ChangeID: 'c-2' });
    await undoing;
  });
  it('that removes gives back on undo what the server removed, not what the page saw', async () => {
    const { last, changes, store } = setUp('2');
    const removing = changes.remove('btcusdt', 'wish');
    expect(store.heldOf('btcusdt')).toBeUndefined();
    last().answer({ Quantity: '3', Version: 4, ChangeID: 'c-1' });
    const made = await removing;
    void made.undo();
    expect([last().path, store.heldOf('btcusdt')]).toEqual(['/api/v1/profile/changes/c-1/undo', '3']);
  });
  it('is undone by its opposite where a server before this page gives it no name', async () => {
    const { last, changes } = setUp('2');
    const removing = changes.remove('btcusdt', 'wish');
    last().answer({ message: 'coin successfully deleted' });
    void (await removing).undo();
    expect(last()).toMatchObject({ method: 'POST', body: { symbol: 'btcusdt', quantity: '2' }, key: 'new-1' });
  });
  it('is taken back where it is refused, and the fault is told', async () => {
    const { last, changes, store } = setUp('2');
    const removing = changes.remove('btcusdt', 'wish');
    last().refuse(new Problem(409, 'It is held by an order.'));
    await expect(removing).rejects.toThrow('It is held by an order.');
    expect(store.heldOf('btcusdt')).toBe('2');
  });
});

it('has another key for every wish, also in browsers that make none on plain http', () => {
  const keys = Array.from({ length: 100 }, () => newChangeKey());
  expect(new Set(keys).size).toBe(100);
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
});
it('says that the server does not answer only where it did not', () => {
  expect(faultText(new Problem(0, ''), en)).toBe(en.noAnswer);
  expect(faultText(new DOMException('full', 'QuotaExceededError'), en)).toBe(faults.pageFault);
  expect(faultText(new Problem(503, 'x'), en)).toBe(faults.serverFault);
  expect(faultText(new Problem(409, 'Less is held.'), en)).toBe(faults.refusals.other('Less is held.'));
});
it('keeps what it can where the storage is full or forbidden, and never throws', () => {
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  for (const open of [
    full,
    () => ({ getItem: () => null, setItem: full, removeItem: full, length: 0, clear: full, key: full }),
  ]) {
    const keeping = createKeeping(open);
    keeping.setItem('recent', '[]');
    expect(keeping.getItem('recent')).toBe('[]');
    keeping.removeItem('recent');
    expect(keeping.getItem('recent')).toBeNull();
  }
});
