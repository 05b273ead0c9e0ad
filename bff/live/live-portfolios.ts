import type { Receipt } from '@tickfolio/api/receipt';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import { because, currentCause } from '@tickfolio/lib/tracing';
import type { Owner, Portfolio, Portfolios } from '../portfolio/portfolios.js';
import type { PriceBoard } from '../prices/price-board.js';
import type { PriceFeed } from '../prices/price-feed.js';
import { textFrame } from '../prices/text-frame.js';
import { createHolding, type Holding, renderFrame, renderHead } from '../valuation/portfolio-frame.js';
import { receiptOf } from '../valuation/receipt.js';
import { createFrameRhythm, type Receiver } from './frame-rhythm.js';
import { createHolders } from './holders.js';
import { createPortfolioReader } from './portfolio-reader.js';
import { createPushQueue, type Pushed } from './push-queue.js';

/** One open connection of a user. */
export interface Viewer {
  /**
   * There is a newer frame, built once for all viewers of the user.
   * @param waitedMs how long ago a change was noticed; undefined where the frame is not for a change
   */
  changed(waitedMs: number | undefined): void;
  /** The portfolio cannot be read; the connection is of no use. */
  failed(): void;
  /** Stays for one frame only, and is not counted. */
  readonly once?: true;
}

export interface Viewing {
  /**
   * The newest, as `textFrame` writes it. Undefined until the portfolio was read for the first time, when `changed` is
   * called.
   */
  frame(): string | undefined;
  /** The same as JSON alone, for who has no WebSocket. */
  text(): string | undefined;
  /** What a frame of this moment is computed from. */
  receipt(): Receipt | undefined;
  leave(): void;
}

/** The portfolios of the users who are connected here. */
export interface LivePortfolios {
  join(owner: Owner, viewer: Viewer): Viewing;
  /**
   * The user's coins changed in the database. Users without a connection here, and what is shown already, cost nothing.
   * @param version of the portfolio after the change; undefined where it is not known
   */
  reload(userId: string, version?: number): void;
  reloadAll(): void;
  /** The users who are connected here, with the version of the portfolio that they are shown. */
  shown(): [userId: string, version: number][];
  /** Something that every frame says changed. */
  allChanged(): void;
  readonly users: number;
  viewersOf(userId: string): number;
  close(): void;
}

export interface LivePortfoliosDeps {
  readonly portfolios: Pick<Portfolios, 'readPortfolios'>;
  readonly board: PriceBoard;
  readonly feed: PriceFeed;
  readonly clock: Clock;
  readonly log: Logger;
  readonly simulated: () => boolean;
  /** What frames call now, epoch milliseconds. Default the wall clock. */
  readonly asOf?: () => number;
}

export interface LivePortfoliosOptions {
  /** Ticks that arrive within this time make one push per user. Default 5. */
  readonly pushWindowMs?: number;
  /** A user who is connected gets a frame about so often at least, also when nothing changed. Default 1 000. */
  readonly frameEveryMs?: number;
}

interface User extends Receiver, Pushed {
  readonly userId: string;
  readonly owner: Owner;
  readonly viewers: Set<Viewer>;
  /** What every frame begins with. */
  head: string;
  /** Of the portfolio as it was read last. */
  version: number;
  holdings: Holding[];
  /** False until the coins were read and their last known prices asked for. */
  ready: boolean;
  /** Kept only while it is being sent. */
  frame: string | undefined;
}

/** Pushing pauses for other work after so long. */
const pushSliceMs = 8;

export const createLivePortfolios = (deps: LivePortfoliosDeps, options: LivePortfoliosOptions = {}): LivePortfolios => {
  const { portfolios, board, feed, clock, log, simulated, asOf = clock.now } = deps;
  const { pushWindowMs = 5, frameEveryMs = 1_000 } = options;
  const users = new Map<string, User>();
  const holders = createHolders<User>(feed);
  const rhythm = createFrameRhythm<User>(frameEveryMs);

  /** @param waitedMs undefined where the frame is not for a change */
  const push = (user: User, nowMs: number, waitedMs: number | undefined) => {
    user.queued = false;
    user.changedAt = Number.NaN;
    user.framedAt = nowMs;
    user.framedForChange = waitedMs !== undefined;
    user.frame = undefined; // Built for somebody who caught up since the first of the changes.
    for (const viewer of user.viewers) viewer.changed(waitedMs);
    user.frame = undefined; // A later one is rare, and thousands of kept frames would be the garbage collector's main work.
  };
  const queue = createPushQueue<User>(clock, { windowMs: pushWindowMs, sliceMs: pushSliceMs }, push);
  const mark = (user: User) => {
    if (user.ready) queue.changed(user);
  };
  board.connect((listing) => {
    queue.causedHere();
    for (const user of holders.of(listing)) mark(user);
  });
  const beat = clock.every(rhythm.lookEveryMs, () => {
    rhythm.look(clock.monotonic(), queue.due);
    queue.pushDue();
  });

  /** Takes what the database says, and shows it once the last known prices of what is new are here. */
  const setPortfolio = (user: User, { version, coins }: Portfolio) => {
    const before = new Map(user.holdings.map((holding) => [holding.listing, holding]));
    const holdings = coins.map((coin) => {
      const listing = board.listing(coin.symbol, coin.quoteAsset);
      const known = before.get(listing);
      return known?.quantityText === coin.quantity && known.version === coin.version
        ? known
        : createHolding(listing, coin.quantity, coin.version);
    });
    const same =
      holdings.length === user.holdings.length && holdings.every((holding, i) => holding === user.holdings[i]);
    if (same && version === user.version && user.ready) return;
    user.holdings = holdings;
    user.version = version;
    user.head = renderHead(user.owner, version);
    const cause = currentCause();
    const waits: Promise<void>[] = [];
    for (const { listing } of holdings) {
      const known = before.delete(listing);
      // Until the first frame also for what is held already: its price may still be on its way for the read before this
      // one.
      const wait = known ? (user.ready ? undefined : feed.known(listing)) : holders.add(user, listing);
      if (wait) waits.push(wait);
    }
    for (const listing of before.keys()) holders.remove(user, listing);
    const shown = () => {
      if (cause) void because(cause, 'push portfolio', () => show(user));
      else show(user);
    };
    if (waits.length) void Promise.all(waits).then(shown);
    else shown();
  };
  const show = (user: User) => {
    if (users.get(user.userId) !== user) return;
    const first = !user.ready;
    user.ready = true;
    push(user, clock.monotonic(), first ? undefined : 0);
    if (first) rhythm.join(user);
  };

  const reader = createPortfolioReader({
    portfolios,
    clock,
    log,
    read: (userId, portfolio) => {
      const user = users.get(userId);
      if (user) setPortfolio(user, portfolio);
    },
    isShown: (userId) => users.get(userId)?.ready === true,
    failed: (userId) => {
      for (const viewer of users.get(userId)?.viewers ?? []) viewer.failed();
    },
  });
  const forget = (user: User) => {
    for (const { listing } of user.holdings) holders.remove(user, listing);
    user.holdings = [];
    user.queued = false;
    rhythm.leave(user);
    users.delete(user.userId);
  };

  return {
    join: (owner, viewer) => {
      let user = users.get(owner.userId);
      if (!user) {
        const { userId } = owner;
        const none = {
          version: 0,
          holdings: [],
          ready: false,
          frame: undefined,
          queued: false,
          changedAt: Number.NaN,
          framedAt: 0,
          framedForChange: false,
        };
        user = {
          userId,
          owner: { userId, userName: owner.userName },
          viewers: new Set(),
          head: renderHead(owner),
          ...none,
        };
        users.set(userId, user);
      }
      // Also for somebody known whose first read failed: those before were sent away, and nobody else asks again.
      if (!user.ready) reader.request(owner.userId);
      const joined = user;
      joined.viewers.add(viewer);
      const render = () => renderFrame(joined.head, joined.holdings, asOf(), simulated());
      return {
        frame: () => {
          if (!joined.ready) return undefined;
          joined.frame ??= textFrame(render());
          return joined.frame;
        },
        text: () => (joined.ready ? render() : undefined),
        receipt: () => (joined.ready ? receiptOf(joined.holdings, joined.version, asOf(), simulated()) : undefined),
        leave: () => {
          if (joined.viewers.delete(viewer) && joined.viewers.size === 0) forget(joined);
        },
      };
    },
    reload: (userId, version) => {
      const user = users.get(userId);
      if (user && !(user.ready && version !== undefined && version <= user.version)) reader.request(userId);
    },
    shown: () => [...users.values()].flatMap(({ ready, userId, version }) => (ready ? [[userId, version]] : [])),
    reloadAll: () => {
      for (const userId of users.keys()) reader.request(userId);
    },
    allChanged: () => {
      for (const user of users.values()) mark(user);
    },
    get users() {
      return users.size;
    },
    viewersOf: (userId) => [...(users.get(userId)?.viewers ?? [])].filter(({ once }) => !once).length,
    close: () => {
      beat.cancel();
      queue.close();
      reader.close();
      for (const user of users.values()) forget(user);
    },
  };
};
