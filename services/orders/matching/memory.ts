import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import type { TapeTrade } from '../rules/order.js';
import { decimalOf, unitsOf } from './units.js';

/** How an order acts: it takes, it rests, or it takes in a window and never rests. */
export type Role = 'taker' | 'maker';

/** What FOK would get of a trade, if it gets all. Whole units. */
export interface SetAside {
  readonly trade: TapeTrade;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly takenBefore: bigint;
}

/** What matching remembers of an order between two trades. */
export interface Memory {
  readonly role?: Role | undefined;
  /** Exchange time from which its window counts, where that is another than when it was accepted. */
  readonly fromMs?: number | undefined;
  /** What was filled when it began to rest; parts are shown from there on. */
  readonly restedAt?: bigint | undefined;
  readonly setAside?: readonly SetAside[] | undefined;
}

/** As it is stored: amounts are decimal text. */
interface StoredMemory {
  readonly role?: Role;
  readonly fromMs?: number;
  readonly restedAt?: string;
  readonly setAside?: readonly {
    readonly id: number;
    readonly ms: number;
    readonly of: readonly [tradePrice: string, tradeQuantity: string];
    readonly bm: boolean;
    readonly got: readonly [price: string, quantity: string, takenBefore: string];
  }[];
}

const text = (units: bigint): string => formatDecimal(decimalOf(units));
const units = (amount: string): bigint => unitsOf(parseDecimal(amount));

export const storedMemory = ({ role, fromMs, restedAt, setAside }: Memory): unknown => {
  const stored: StoredMemory = {
    ...(role === undefined ? {} : { role }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(restedAt === undefined ? {} : { restedAt: text(restedAt) }),
    ...(setAside === undefined || setAside.length === 0
      ? {}
      : {
          setAside: setAside.map(({ trade, price, quantity, takenBefore }) => ({
            ...{ id: trade.id, ms: trade.timeMs, bm: trade.buyerIsMaker },
            of: [formatDecimal(trade.price), formatDecimal(trade.quantity)],
            got: [text(price), text(quantity), text(takenBefore)],
          })),
        }),
  };
  return stored;
};

/** @param stored as `storedMemory` made it, absent where nothing was remembered */
export const readMemory = (stored: unknown): Memory => {
  const { role, fromMs, restedAt, setAside } = (stored ?? {}) as StoredMemory;
  return {
    role,
    fromMs,
    restedAt: restedAt === undefined ? undefined : units(restedAt),
    setAside: setAside?.map(({ id, ms, of, bm, got }) => ({
      trade: {
        ...{ id, timeMs: ms, buyerIsMaker: bm },
        ...{ price: parseDecimal(of[0]), quantity: parseDecimal(of[1]) },
      },
      ...{ price: units(got[0]), quantity: units(got[1]), takenBefore: units(got[2]) },
    })),
  };
};
