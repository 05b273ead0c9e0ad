import type { Decide } from './change.js';
import type { OrderRow, OrderState, Position, SagaRow, TapeState } from './records.js';

/** An order that is to be stored, with what the store gives it left out. */
export type NewOrder = Omit<OrderRow, 'age' | 'createdAt' | 'updatedAt' | 'endedAt' | 'version'>;

export interface PlaceBounds {
  /** Of one user. */
  readonly maxASecond: number;
  /** Open ones of one portfolio, on one symbol and in all. */
  readonly maxOpenOfSymbol: number;
  readonly maxOpenOfPortfolio: number;
}

export type NotPlaced = 'too-often' | 'too-many-of-symbol' | 'too-many' | 'gone' | 'under-review';

export type Placed =
  | { readonly kind: 'made' | 'known'; readonly order: OrderRow; readonly unsettled: number }
  /** Nothing was stored. */
  | { readonly kind: 'refused'; readonly why: NotPlaced };

/** What of a saga is to be done now; nobody else does it before the lease is over. */
export type DueSaga = Pick<SagaRow, 'id' | 'step' | 'attempts' | 'waitedMs'>;

/** Whose trades are meant. */
export interface Tape {
  readonly venue: string;
  /** Lower case. */
  readonly symbol: string;
}

/** What may be filled by the tape of a symbol, as it stood at one moment. */
export interface SymbolState extends TapeState {
  /** Raised with each change of the orders below, but for one with which the tape moves on. */
  readonly revision: number;
  /** Accepted and open, at prices of the kind that is asked for, by their age. */
  readonly orders: readonly OrderRow[];
}

/** What trades did to one order. */
export interface OrderStep {
  readonly orderId: string;
  /** Asked of the order as the steps before have left it. */
  readonly decide: Decide<void>;
}

export interface Advance {
  /** What `orders` had said of the symbol; undefined where nothing was known of its tape. */
  readonly from: { readonly revision: number; readonly lastTradeId: number | undefined };
  readonly to: Position;
  readonly steps: readonly OrderStep[];
  /**
   * Where these are only the steps of portfolios up to this one: the others stay where the tape is. For a trade that does
   * more than one transaction may hold; raises the revision. The tape moves with the last part, which has none.
   */
  readonly throughPortfolio?: string;
  /** What becomes of an order whose steps cannot be written, in words; absent: then nothing is written. */
  readonly otherwise?: (words: string) => Decide<void>;
}

/** An order of which what was to be written could not be, and why. */
export interface BrokenOrder {
  readonly orderId: string;
  readonly words: string;
}

/** `stale` where somebody was faster, or changed what may be filled: nothing was written. */
export type Advanced =
  | { readonly kind: 'stale' }
  | { readonly kind: 'done'; readonly changed: readonly string[]; readonly broken?: readonly BrokenOrder[] };

export interface ChangeOptions {
  /** Whether the tape stands still meanwhile; needed by what changes whether an order may be filled. Default false. */
  readonly tape?: boolean;
  readonly requestId?: string | undefined;
  /** Called with what it came to, once that is committed. */
  readonly committed?: (state: OrderState) => void;
}

/**
 * Orders, and what is still to be done for them. Every method is one transaction, whose commit survives a kill; nobody
 * else is asked within it.
 */
export interface OrderStore {
  /**
   * Stores an order with its saga, whose lease is the caller's, and tells it; once under its user and client order id.
   */
  place(order: NewOrder, bounds: PlaceBounds, leaseMs: number, requestId: string): Promise<Placed>;
  /** Why one of these would not be stored now; undefined where it would be. */
  refuses(
    order: Pick<NewOrder, 'userId' | 'portfolioId' | 'symbol'>,
    bounds: PlaceBounds,
  ): Promise<NotPlaced | undefined>;
  /** Decides something of one order. @returns undefined where there is no such order (any more) */
  change<Result>(orderId: string, decide: Decide<Result>, options?: ChangeOptions): Promise<Result | undefined>;
  /**
   * Takes what is due, the oldest first, and keeps others from it for so long.
   * @param only this one, where it is due
   */
  claim(limit: number, leaseMs: number, only?: string): Promise<readonly DueSaga[]>;
  /** As it is now, without a lock. */
  read(orderId: string): Promise<OrderState | undefined>;
  /** By the name that its user gave it. */
  find(userId: string, clientOrderId: string): Promise<OrderState | undefined>;
  /** @param simulated whether those at made-up prices are meant, or the others */
  orders(tape: Tape, simulated: boolean): Promise<SymbolState>;
  /**
   * Moves a tape on, and writes what its trades did. Orders that were accepted before anything was known of it count
   * from the first position on. One whose steps cannot be written keeps up no other.
   */
  advance(tape: Tape, advance: Advance): Promise<Advanced>;
}
