/** A store in which nothing is written for as long as it is held. */
export interface HeldStore {
  /**
   * Copies what the store has at this moment into a new folder of the same disk, in the layout in which the store's own
   * folder lies: it can be opened there. The copy is only to be read.
   */
  copyTo(folder: string): Promise<void>;
}

/**
 * Runs `work` while nothing is written in a store. Whoever wants to write waits meanwhile, for as long as their own
 * limits let them, so `work` must be short.
 */
export type HoldStore = <T>(work: (held: HeldStore) => Promise<T>) => Promise<T>;

/** How much a table of a store holds. */
export interface TableContents {
  /** Of which of the store's databases it is, where it has several. */
  readonly schema?: string;
  readonly name: string;
  readonly rows: number;
}
