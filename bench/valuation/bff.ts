import type { Clock } from '@tickfolio/lib/clock';

/** The BFF's own valuation, as far as it is measured here. */
export interface BffValuation {
  createPriceBoard(options: { clock: Clock; staleAfterMs: number }): {
    listing(symbol: string, quoteAsset: string): Listing;
    take(reading: { symbol: string; price: string; timeMs: number; tradeId: number }): boolean;
  };
  createHolding(listing: Listing, quantity: string, version: number): Holding;
  renderHead(owner: { userId: string; userName: string }, version: number): string;
  renderFrame(head: string, holdings: readonly Holding[], asOfMs: number, simulated: boolean): string;
}

/** Handed through, never looked into. */
export type Listing = object;
export type Holding = object;

/**
 * Loads the BFF's price board and portfolio frame. They are no part of its interface, and no program but this one has a
 * reason to reach for them: they lie beside the module that is.
 */
export const loadBffValuation = async (): Promise<BffValuation> => {
  const beside = (file: string) => new URL(file, import.meta.resolve('@tickfolio/bff/app')).href;
  const [board, frame]: [BffValuation, BffValuation] = await Promise.all([
    import(beside('prices/price-board.js')),
    import(beside('valuation/portfolio-frame.js')),
  ]);
  const { createHolding, renderHead, renderFrame } = frame;
  return { createPriceBoard: board.createPriceBoard, createHolding, renderHead, renderFrame };
};
