import type { Bar } from './bar.js';

/** The newest bars of one length; older ones are forgotten. */
export interface BarStore {
  /** Undefined when nothing traded in it or it is not kept. @param index of the period, since 1970 */
  read(index: number): Bar | undefined;
  write(index: number, bar: Omit<Bar, 'openMs'>): void;
}

// Sixty bars in two typed arrays, column by column: small, and quickly scanned.
interface Block {
  /** And counts. The wide form only where one of them needs it. */
  prices: Int32Array | Float64Array;
  readonly volumes: BigInt64Array;
  /** The few volumes, by their place, that are too large for 64 bits. */
  large?: Map<number, bigint>;
}

const blockBars = 60;
const column = {
  ...{ open: 0, high: 60, low: 120, close: 180, count: 240 },
  ...{ volume: 0, quote: 60, takerVolume: 120, takerQuote: 180 },
} as const;

const narrowest = 2 ** 31 - 1;
const widen = (block: Block, { open, high, low, close, count }: Omit<Bar, 'openMs'>) => {
  const isNarrow = block.prices instanceof Int32Array;
  if (isNarrow && Math.max(open, high, low, close, count) > narrowest) block.prices = Float64Array.from(block.prices);
};

const largest = 2n ** 63n - 1n;
const volumeAt = ({ volumes, large }: Block, place: number): bigint => large?.get(place) ?? volumes[place] ?? 0n;
const putVolume = (block: Block, place: number, value: bigint) => {
  if (value <= largest) {
    block.volumes[place] = value;
    block.large?.delete(place);
  } else {
    block.large ??= new Map();
    block.large.set(place, value);
  }
};

/** @param keep bars that are kept, at least; up to two blocks more are */
export const createBarStore = (stepMs: number, keep: number): BarStore => {
  const blocks = new Map<number, Block>();
  const keptBlocks = Math.ceil(keep / blockBars) + 1;
  let newest = Number.NEGATIVE_INFINITY;

  const blockOf = (index: number): Block | undefined => {
    const at = Math.floor(index / blockBars);
    const known = blocks.get(at);
    if (known || at < newest - keptBlocks) return known;
    const made = { prices: new Int32Array(5 * blockBars), volumes: new BigInt64Array(4 * blockBars) };
    blocks.set(at, made);
    if (at > newest) {
      newest = at;
      for (const key of blocks.keys()) if (key < newest - keptBlocks) blocks.delete(key);
    }
    return made;
  };
  return {
    read: (index) => {
      const block = blocks.get(Math.floor(index / blockBars));
      const i = index % blockBars;
      const count = block?.prices[column.count + i] ?? 0;
      if (!block || count === 0) return undefined;
      return {
        openMs: index * stepMs,
        open: block.prices[column.open + i] ?? 0,
        high: block.prices[column.high + i] ?? 0,
        low: block.prices[column.low + i] ?? 0,
        close: block.prices[column.close + i] ?? 0,
        count,
        volume: volumeAt(block, column.volume + i),
        quote: volumeAt(block, column.quote + i),
        takerVolume: volumeAt(block, column.takerVolume + i),
        takerQuote: volumeAt(block, column.takerQuote + i),
      };
    },
    write: (index, bar) => {
      const block = blockOf(index);
      if (!block) return;
      widen(block, bar);
      const { prices } = block;
      const i = index % blockBars;
      prices[column.open + i] = bar.open;
      prices[column.high + i] = bar.high;
      prices[column.low + i] = bar.low;
      prices[column.close + i] = bar.close;
      prices[column.count + i] = bar.count;
      putVolume(block, column.volume + i, bar.volume);
      putVolume(block, column.quote + i, bar.quote);
      putVolume(block, column.takerVolume + i, bar.takerVolume);
      putVolume(block, column.takerQuote + i, bar.takerQuote);
    },
  };
};
