import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import { because, type Context, currentCause } from '@tickfolio/lib/tracing';
import type { Owner, Portfolio, Portfolios } from '../portfolio/portfolios.js';
import type { Listing } from '../prices/listing.js';
import type { PriceBoard } from '../prices/price-board.js';
import type { PriceFeed } from '../prices/price-feed.js';
import { textFrame } from '../prices/text-frame.js';
import { createFrameRhythm, type Receiver } from './frame-rhythm.js';
import { createHolding, type Holding, renderFrame, renderHead } from './portfolio-frame.js';
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
  /** The newest, as `textFrame` writes it. Undefined until the portfolio was read for the first time, when `changed` is called. */
  frame(): string | undefined;
  /** The same as JSON alone, for who has no WebSocket. */
  text(): string | undefined;
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
  /** Pause after a failed read. Default 1 000. */
  readonly retryMs?: number;
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

const nothingHeld: Portfolio = { version: 0, coins: [] };

/** Pushing pauses for other work after so long. */
const pushSliceMs = 8;
/** How many users' coins one query reads. */
const maxUsersPerRead = 250;

export const createLivePortfolios = (deps: LivePortfoliosDeps, options: LivePortfoliosOptions = {}): LivePortfolios => {
  const { portfolios, board, feed, clock, log, simulated, asOf = clock.now } = deps;
  const { pushWindowMs = 5, frameEveryMs = 1_000, retryMs = 1_000 } = options;
  const users = new Map<string, User>();
  const holders = new Map<Listing, Set<User>>();
  const rhythm = createFrameRhythm<User>(frameEveryMs);
  /** Whose coins are to be read, and the request for which that is, where one is traced. */
  const toRead = new Map<string, Context | undefined>();
  let reading = false;
  let readTimer: Timer | undefined;
  let closed = false;

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
    for (const user of holders.get(listing) ?? []) mark(user);
  });
  const beat = clock.every(rhythm.lookEveryMs, () => {
    rhythm.look(clock.monotonic(), queue.due);
    queue.pushDue();
  });

  const hold = (user: User, listing: Listing): Promise<void> | undefined => {
    const others = holders.get(listing);
    if (others) others.add(user);
    else holders.set(listing, new Set([user]));
    return feed.follow(listing);
  };
  const drop = (user: User, listing: Listing) => {
    const others = holders.get(listing);
    others?.delete(user);
    if (others?.size === 0) holders.delete(listing);
    feed.release(listing);
  };
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
    const same = holdings.length === user.holdings.length && holdings.every((holding, i) => holding === user.holdings[i]);
    if (same && version === user.version && user.ready) return;
    user.holdings = holdings;
    user.version = version;
    user.head = renderHead(user.owner, version);
    const cause = currentCause();
    const waits: Promise<void>[] = [];
    for (const { listing } of holdings) {
      const known = before.delete(listing);
      // Until the first frame also for what is held already: its price may still be on its way for the read before this one.
      const wait = known ? (user.ready ? undefined : feed.known(listing)) : hold(user, listing);
      if (wait) waits.push(wait);
    }
    for (const listing of before.keys()) drop(user, listing);
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

  const readNext = async () => {
    const next = [...toRead].slice(0, maxUsersPerRead);
    for (const [id] of next) toRead.delete(id);
    // Read together for all; a traced one among them shows it.
    const cause = next.find(([, one]) => one)?.[1];
    return because(cause, 'read portfolios', () =>
      readThese(
        next.map(([id]) => id),
        cause,
      ),
    );
  };
  const readThese = async (ids: readonly string[], cause: Context | undefined) => {
    const found = await portfolios.readPortfolios(ids).catch((err: unknown) => {
      log.warn({ err, users: ids.length }, 'portfolios could not be read; trying again');
      return undefined;
    });
    for (const id of ids) {
      const user = users.get(id);
      if (!user) continue;
      if (found) setPortfolio(user, found.get(id) ?? nothingHeld);
      else if (user.ready) toRead.set(id, cause);
      // Whoever came while this read was on its way asked for another, and all wait for that.
      else if (!toRead.has(id)) for (const viewer of user.viewers) viewer.failed();
    }
    return found !== undefined;
  };
  const readAll = async () => {
    if (reading || readTimer) return;
    reading = true;
    while (toRead.size && !closed) {
      if (await readNext()) continue;
      readTimer = clock.after(retryMs, () => {
        readTimer = undefined;
        void readAll();
      });
      break;
    }
    reading = false;
  };
  const requestRead = (userId: string) => {
    toRead.set(userId, toRead.get(userId) ?? currentCause());
    // In the next turn, so that users who come together are read together.
    queueMicrotask(() => void readAll());
  };
  const forget = (user: User) => {
    for (const { listing } of user.holdings) drop(user, listing);
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
        user = { userId, owner: { userId, userName: owner.userName }, viewers: new Set(), head: renderHead(owner), ...none };
        users.set(userId, user);
      }
      // Also for somebody known whose first read failed: those before were sent away, and nobody else asks again.
      if (!user.ready) requestRead(owner.userId);
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
        leave: () => {
          if (joined.viewers.delete(viewer) && joined.viewers.size === 0) forget(joined);
        },
      };
    },
    reload: (userId, version) => {
      const user = users.get(userId);
      if (user && !(user.ready && version !== undefined && version <= user.version)) requestRead(userId);
    },
    shown: () => [...users.values()].flatMap(({ ready, userId, version }) => (ready ? [[userId, version]] : [])),
    reloadAll: () => {
      for (const userId of users.keys()) requestRead(userId);
    },
    allChanged: () => {
      for (const user of users.values()) mark(user);
    },
    get users() {
      return users.size;
    },
    viewersOf: (userId) => [...(users.get(userId)?.viewers ?? [])].filter(({ once }) => !once).length,
    close: () => {
      closed = true;
      beat.cancel();
      queue.close();
      readTimer?.cancel();
      for (const user of users.values()) forget(user);
    },
  };
};
