import { describe, expect, it } from 'vitest';
import type { Portfolio } from './portfolio-calls.js';
import { availableOf, targetsOf, totalOf } from './transferable.js';
import type { Balances } from './use-balances.js';

const portfolio = (id: string, more: Partial<Portfolio> = {}): Portfolio => ({
  ...{ id, name: id, kind: 'paper', baseCurrency: 'USDT', costMethod: 'FIFO', feeAsset: null },
  ...{ isDefault: false, simulated: false, version: 1, createdAt: '', archivedAt: null },
  ...more,
});
const idsOf = (from: Portfolio, all: readonly Portfolio[]) => targetsOf(from, all).map(({ id }) => id);

describe('what can be moved', () => {
  const [from, other] = [portfolio('a'), portfolio('b')];
  const all = [from, other, portfolio('own', { kind: 'tracking' }), portfolio('made-up', { simulated: true })];

  it('goes to another portfolio of paper money at the same prices, and nowhere else', () => {
    expect(idsOf(from, all)).toEqual(['b']);
    expect(idsOf(portfolio('own', { kind: 'tracking' }), [...all, portfolio('own-2', { kind: 'tracking' })])).toEqual(
      [],
    );
    expect(idsOf(portfolio('made-up', { simulated: true }), all)).toEqual([]);
  });
  it('goes nowhere from an archived one', () => {
    expect(idsOf({ ...from, archivedAt: '2026-06-15T12:00:00.000Z' }, all)).toEqual([]);
  });
  it('is what no order holds, the assets of most worth first, each once', () => {
    const balance = (asset: string, via: string, available: string, value?: string) => ({
      ...{ asset, via, available, reserved: '1', total: available },
      ...(value === undefined ? {} : { value }),
    });
    const balances: Balances = {
      ...{ portfolioId: 'a', kind: 'paper', baseCurrency: 'USDT', version: 1 },
      balances: [
        balance('ADA', 'adausdt', '5'),
        balance('BTC', 'btcusdt', '0.000000000000000001', '30'),
        balance('BTC', 'btceur', '2', '60'),
        balance('ETH', 'ethusdt', '0', '100'),
      ],
    };
    expect([...availableOf(balances)]).toEqual([
      ['BTC', '2.000000000000000001'],
      ['ADA', '5'],
    ]);
    expect([totalOf(balances, 'BTC'), totalOf(balances, 'SOL')]).toEqual(['2.000000000000000001', '0']);
  });
});
