import type { Reference } from '../rules/order.js';

/** What is known of what is traded just now. */
export interface TapeReference {
  /**
   * Has the trades of a symbol looked at, if they are not, and waits a little for the first. From then on the position
   * that is stored is not older than what is returned.
   * @param proven where nothing was heard of it for a moment, the exchange's history is asked first whether there was no
   * more trade: what is stored then is of now, and so is the beginning of a window
   * @returns undefined where nothing of it was traded in that time
   * @throws AppError unavailable while no trades can be had, or no proof
   */
  reference(symbol: string, proven?: boolean): Promise<Reference | undefined>;
  /** Why no trades can be had, in words; undefined while they can. */
  problem(): string | undefined;
}
