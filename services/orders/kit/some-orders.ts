import type { NewOrder } from '../store/order-store.js';

/** Numbers by a seed, uniform in [0, 1). */
export const dice = (seed: number) => {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0;
    return state / 4_294_967_296;
  };
};

/** An order of some kind, of one of two portfolios. */
export const someOrder = (random: () => number): Partial<NewOrder> => {
  const side = random() < 0.5 ? ('BUY' as const) : ('SELL' as const);
  const quantity = String(1 + Math.floor(random() * 5));
  const price = String(95 + Math.floor(random() * 11));
  const portfolioId = random() < 0.5 ? 'a' : 'b';
  const of = { side, quantity, price, portfolioId };
  const kind = random();
  if (kind < 0.5) return of;
  if (kind < 0.65) return { ...of, timeInForce: 'IOC' };
  if (kind < 0.75) return { ...of, timeInForce: 'FOK' };
  if (kind < 0.9)
    return { ...of, type: 'MARKET', timeInForce: null, price: null, protection: side === 'BUY' ? '110' : '90' };
  return { ...of, type: 'STOP_LOSS_LIMIT', stopPrice: side === 'BUY' ? '103' : '97' };
};
