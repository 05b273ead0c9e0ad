import { compare, type Decimal, isZero } from '@tickfolio/lib/money';

const powerOfTen = (exponent: number): bigint => 10n ** BigInt(exponent);
const unitsAt = ({ units, scale }: Decimal, at: number): bigint => units * powerOfTen(at - scale);

/** The largest multiple of a step that is not above an amount from 0. */
export const floorTo = (amount: Decimal, step: Decimal): Decimal => {
  const scale = Math.max(amount.scale, step.scale);
  const [of, by] = [unitsAt(amount, scale), unitsAt(step, scale)];
  return { units: of - (of % by), scale };
};

/** The smallest multiple of a step that is not below an amount from 0. */
export const ceilTo = (amount: Decimal, step: Decimal): Decimal => {
  const down = floorTo(amount, step);
  if (compare(down, amount) === 0) return down;
  return { units: down.units + unitsAt(step, down.scale), scale: down.scale };
};

export const isOn = (amount: Decimal, step: Decimal): boolean => compare(floorTo(amount, step), amount) === 0;

/** The quotient of two amounts from 0 as the largest multiple of a step that is not above it. */
export const floorOfQuotient = (a: Decimal, b: Decimal, step: Decimal): Decimal => {
  // a / b / step, in whole steps.
  const scale = Math.max(a.scale, b.scale + step.scale);
  const steps = unitsAt(a, scale) / unitsAt({ units: b.units * step.units, scale: b.scale + step.scale }, scale);
  return { units: steps * step.units, scale: step.scale };
};

/** The same from above. */
export const ceilOfQuotient = (a: Decimal, b: Decimal, step: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale + step.scale);
  const of = unitsAt(a, scale);
  const by = unitsAt({ units: b.units * step.units, scale: b.scale + step.scale }, scale);
  return { units: ((of + by - 1n) / by) * step.units, scale: step.scale };
};

/** What an amount has to lie between, and on; what is absent or 0 does not bind. */
export interface Bounds {
  readonly min?: Decimal | undefined;
  readonly max?: Decimal | undefined;
  readonly step?: Decimal | undefined;
}

const binds = (bound: Decimal | undefined): bound is Decimal => bound !== undefined && !isZero(bound);

/** Which bound an amount breaks first. */
export const brokenBound = (amount: Decimal, { min, max, step }: Bounds): 'min' | 'max' | 'step' | undefined => {
  if (binds(min) && compare(amount, min) < 0) return 'min';
  if (binds(max) && compare(amount, max) > 0) return 'max';
  return binds(step) && !isOn(amount, step) ? 'step' : undefined;
};

/** The allowed amount that is nearest, the lower of two; undefined where none is allowed. */
export const nearestWithin = (amount: Decimal, bounds: Bounds): Decimal | undefined => {
  const step = binds(bounds.step) ? bounds.step : undefined;
  const [low, high] = [bounds.min, bounds.max].map((bound) => (binds(bound) ? bound : undefined));
  const least = low ? (step ? ceilTo(low, step) : low) : step;
  const most = high && step ? floorTo(high, step) : high;
  if (least && most && compare(least, most) > 0) return undefined;
  if (least && compare(amount, least) < 0) return least;
  if (most && compare(amount, most) > 0) return most;
  if (!step) return amount;
  const [down, up] = [floorTo(amount, step), ceilTo(amount, step)];
  const scale = Math.max(down.scale, up.scale, amount.scale);
  const isUpNearer = unitsAt(up, scale) - unitsAt(amount, scale) < unitsAt(amount, scale) - unitsAt(down, scale);
  return isUpNearer ? up : down;
};

/** Digits after the point that are not 0 to the end. */
export const decimalsOf = ({ units, scale }: Decimal): number => {
  let [left, decimals] = [units, scale];
  for (; decimals > 0 && left % 10n === 0n; decimals--) left /= 10n;
  return decimals;
};
