import type {
  Balance,
  CandleRange,
  Candles,
  ChangedCoin,
  Frame,
  OrderTold,
  Profile,
  Receipt,
  Removal,
  SymbolList,
  ValueHistory,
  ValueRange,
} from './bodies.js';
import type { Connection } from './live/connection.js';

/** A WebSocket as browsers have it; that of the package `ws` is one. */
export type SocketClass = new (url: string, protocols: string[]) => { close(): void };

/** What goes on after a restart. */
export interface KeptSession {
  readonly userId: string;
  readonly userName: string;
  /** Keep it like a password. Undefined in a browser, which keeps it out of reach. */
  readonly refreshToken: string | undefined;
}

export interface TickfolioOptions {
  /** Where the server is, with its base path: `http://localhost:8080`, `https://example.org/tickfolio`. */
  readonly url: string;
  /** Called with every renewal; undefined when nobody is signed in any more. */
  readonly onSession?: (session: KeptSession | undefined) => void;
  /** Called before every pause between two tries, of a call or to connect, in milliseconds. */
  readonly onPause?: (ms: number) => void;
  /** Default the runtime's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default the runtime's. Node has one from version 22 on; before, give that of the package `ws`. */
  readonly WebSocket?: SocketClass;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface ChangeOptions extends CallOptions {
  /** The same for every try of the same change, which then counts once. Default a new one. */
  readonly key?: string;
}

export interface LiveOptions {
  /** Of another portfolio of the user, or `all`: the sum of what is owned. Default the default one. */
  readonly portfolioId?: string;
  /** Ends the frames, without an error. */
  readonly signal?: AbortSignal;
  /** Called with every change of how frames come. What it throws, or one of the next two, ends the frames. */
  readonly onConnection?: (connection: Connection) => void;
  /** Called with each change of what is in any portfolio of the user, and never twice at once. */
  readonly onBalance?: (balance: Balance) => void;
  /** Called with what becomes of each order of the user, and never twice at once. */
  readonly onOrder?: (order: OrderTold) => void;
  /**
   * Called when such changes come from now on, at first and after each cut, and where some were missed: what was read
   * before may be old.
   */
  readonly onResync?: () => void;
}

/** What a user holds. All calls throw `Problem`. */
export interface Portfolio {
  read(options?: CallOptions): Promise<Profile>;
  /** @param quantity a decimal text; a negative one takes away */
  add(symbol: string, quantity: string, options?: ChangeOptions): Promise<ChangedCoin>;
  /** Removes all that is held of it. */
  remove(symbol: string, options?: ChangeOptions): Promise<Removal>;
  /** @param changeId `ChangeID` of the answer to a change of the last 7 days */
  undo(changeId: string, options?: CallOptions): Promise<ChangedCoin>;
  /** What it is worth now. */
  frame(options?: CallOptions): Promise<Frame>;
  /** How that comes about: every quantity, price and conversion, all of one moment. */
  receipt(options?: CallOptions): Promise<Receipt>;
  /** What it was worth. @param range default 24h */
  value(range?: ValueRange, options?: CallOptions): Promise<ValueHistory>;
  /**
   * What it is worth, whenever that changes and about once a second. Cuts are mended, tokens renewed; who is slow gets
   * the newest frame. @throws Problem 401 when the session is over or is another user's, 404 where there is no such
   * portfolio, 409 where it is paper money that lives at the other kind of prices; LiveStopped when the server wants no
   * more of it
   */
  live(options?: LiveOptions): AsyncIterableIterator<Frame>;
}

export interface Market {
  symbols(options?: CallOptions): Promise<SymbolList>;
  /** @param range default 24h */
  candles(symbol: string, range?: CandleRange, options?: CallOptions): Promise<Candles>;
}

/** One user of one server. */
export interface Tickfolio {
  readonly portfolio: Portfolio;
  readonly market: Market;
  /** Who is signed in. */
  readonly user: { readonly id: string; readonly name: string } | undefined;
  /** @throws Problem */
  register(name: string, password: string): Promise<void>;
  /**
   * @param answer gives the second factor, where the account has one: of an app (`totp`) or off the sheet
   * (`recovery-code`)
   * @throws Problem 401, with the reason `second-factor` where one is asked for and `answer` is left out
   */
  signIn(
    name: string,
    password: string,
    answer?: (kinds: readonly string[]) => Promise<{ readonly kind: string; readonly code: string }>,
  ): Promise<void>;
  /**
   * Goes on with a session of before. @param refreshToken of `KeptSession`; left out in a browser, which has it.
   * @throws Problem, 401 when that session is over; who was signed in still is then
   */
  resume(refreshToken?: string): Promise<void>;
  signOut(): Promise<void>;
  /** Ends every session of the user, on all devices. */
  signOutEverywhere(): Promise<void>;
  /**
   * Any other call of the server, as who is signed in. What only reads, and what has an `idempotency-key`, is repeated
   * while nobody answers. @param path from `/api/v1` on @throws Problem
   */
  call<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Answer>;
  /** Ends every live portfolio, and renews nothing more. The session stays; `signOut` ends it. */
  close(): void;
}
