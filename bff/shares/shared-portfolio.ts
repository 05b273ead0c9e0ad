import type { SharedAnswer } from '@tickfolio/api/shares';
import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  isZero,
  multiply,
  parseDecimal,
  zero,
} from '@tickfolio/lib/money';
import type { valueBalances } from '../holdings/valued-balances.js';

type Valued = Awaited<ReturnType<typeof valueBalances>>;
/** What one asset comes to, however it is held. */
interface Position {
  readonly asset: string;
  readonly total: Decimal;
  /** Undefined while some of it has no price. */
  readonly value: Decimal | undefined;
  readonly stale: boolean;
}

interface Made extends Pick<SharedAnswer, 'percents' | 'value'> {
  readonly positions: SharedAnswer['positions'][number][];
}

const hundred = parseDecimal('100');
const percentDigits = 2;

const sum = (amounts: readonly Decimal[]): Decimal => amounts.reduce(add, zero);

/** By asset, without those of which there is nothing. */
const positionsOf = ({ balances }: Valued): readonly Position[] => {
  const found = new Map<string, Position>();
  for (const { asset, total: text, value: worth, stale } of balances) {
    const total = parseDecimal(text);
    if (isZero(total)) continue;
    const value = worth === null ? undefined : parseDecimal(worth, valueBounds);
    const before = found.get(asset);
    found.set(asset, {
      asset,
      total: before ? add(before.total, total) : total,
      value: before ? before.value && value && add(before.value, value) : value,
      stale: stale || before?.stale === true,
    });
  }
  return [...found.values()];
};
/** A value has the digits of a quantity and of two prices. */
const valueBounds = { maxIntegerDigits: 100, maxFractionDigits: 80 };

const byShare = (a: Position, b: Position): number =>
  compare(b.value ?? zero, a.value ?? zero) || Number(a.asset > b.asset) - Number(a.asset < b.asset);

/**
 * What a portfolio is made of. Without amounts there is nothing in it by which they could be reckoned: shares are rounded
 * to two decimals, and there are neither quantities nor prices nor sums of money.
 */
export const sharedPositions = (valued: Valued, amounts: boolean): Made => {
  const positions = positionsOf(valued);
  const whole = sum(positions.flatMap(({ value }) => value ?? []));
  const shareOf = ({ value }: Position): Decimal | undefined =>
    value && !isZero(whole) ? divide(multiply(value, hundred), whole, percentDigits) : undefined;
  const rows = [...positions].sort(byShare).map((one) => ({ one, share: shareOf(one) }));
  return {
    percents: formatDecimal(sum(rows.flatMap(({ share }) => share ?? []))),
    ...(amounts ? { value: formatDecimal(whole) } : {}),
    positions: rows.map(({ one: { asset, total, value, stale }, share }) => ({
      asset,
      share: share ? formatDecimal(share) : null,
      stale,
      ...(amounts ? { quantity: formatDecimal(total), value: value ? formatDecimal(value) : null } : {}),
    })),
  };
};
