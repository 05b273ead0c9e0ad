import type { ActingOrder } from './acting-order.js';
import type { MatchRules } from './match-rules.js';

/** Says at a glance of most trades that they concern no order. */
export const createWatch = ({ touch }: Pick<MatchRules, 'touch'>) => {
  let isEach = false;
  let highestBuy: bigint | undefined;
  let lowestSell: bigint | undefined;
  let lowestRising: bigint | undefined;
  let highestFalling: bigint | undefined;
  const isAlways = touch === 'always';

  const lookAt = (order: ActingOrder) => {
    if (order.isWaiting && order.stop !== undefined) {
      const { stop } = order;
      if (order.triggersUp) lowestRising = lowestRising === undefined || stop < lowestRising ? stop : lowestRising;
      else highestFalling = highestFalling === undefined || stop > highestFalling ? stop : highestFalling;
      return;
    }
    if (order.role !== 'maker' || order.limit === undefined) {
      isEach = true;
      return;
    }
    const limit = order.sign * order.limit;
    if (order.sign > 0n) highestBuy = highestBuy === undefined || limit > highestBuy ? limit : highestBuy;
    else lowestSell = lowestSell === undefined || limit < lowestSell ? limit : lowestSell;
  };
  return {
    /** What is open after a trade. */
    look: (orders: readonly ActingOrder[]): void => {
      isEach = false;
      highestBuy = lowestSell = lowestRising = highestFalling = undefined;
      for (const order of orders) lookAt(order);
    },
    /** Whether a trade at a price may do something; one that does is never missed. */
    concerns: (price: bigint): boolean =>
      isEach ||
      (highestBuy !== undefined && (isAlways ? price <= highestBuy : price < highestBuy)) ||
      (lowestSell !== undefined && (isAlways ? price >= lowestSell : price > lowestSell)) ||
      (lowestRising !== undefined && price >= lowestRising) ||
      (highestFalling !== undefined && price <= highestFalling),
  };
};
