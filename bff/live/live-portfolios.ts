import type { PortfolioReceipt, Receipt } from '@tickfolio/api/receipt';
import type { Clock } from '@tickfolio/lib/clock';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import type { Logger } from '@tickfolio/lib/telemetry';
import { because, currentCause } from '@tickfolio/lib/tracing';
import { type NotShown, whyNoMore } from '../holdings/find-view.js';
import type { ShownPortfolio } from '../holdings/shown-portfolio.js';
import type { ViewedHere } from '../holdings/viewed-here.js';
import { allPortfolios, type Views, viewKey } from '../holdings/views.js';
import type { Owner } from '../portfolio/portfolios.js';
import type { Listing } from '../prices/listing.js';
import type { PriceBoard } from '../prices/price-board.js';
import type { PriceFeed } from '../prices/price-feed.js';
import { textFrame } from '../prices/text-frame.js';
import { renderFrame, renderHead } from '../valuation/portfolio-frame.js';
import { portfolioReceiptOf, receiptOf } from '../valuation/receipt.js';
import { areSame, heldListings, listingsOf, rowsOf, type ShownRows } from '../valuation/shown-rows.js';
import { createFrameRhythm, type Receiver } from './frame-rhythm.js';
import { createPortfolioReader } from './portfolio-reader.js';
import { createHolders } from './pushing/holders.js';
import { createPushQueue, type Pushed } from './pushing/push-queue.js';

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
  /** What a frame of this moment is computed from: of coins alone, and with what is none. */
  receipt(): Receipt | undefined;
  portfolioReceipt(): PortfolioReceipt | undefined;
  /** Why it is shown no more; undefined while it is. */
  notShown(): NotShown | undefined;
  /** Whether frames have it. */
  has(listing: Listing): boolean;
  leave(): void;
}

/** The portfolios of the users who are connected here. */
export interface LivePortfolios {
  /** @param of another portfolio than the default one, which must be of the user, or `all` */
  join(owner: Owner, viewer: Viewer, of?: string): Viewing;
  /**
   * Something of the user's changed in the database. Users without a connection here, and what is shown already, cost
   * nothing.
   * @param version of the portfolio after the change; undefined where it is not known
   * @param portfolioId of another than the default one
   */
  reload(userId: string, version?: number, portfolioId?: string): void;
  /** What it is of changed, as `shown` has it. */
  reread(key: string): void;
  reloadAll(): void;
  /** What is shown here, as `viewKey` names it, with the mark of what is shown. */
  shown(): [key: string, mark: number][];
  /** Something that every frame says changed. */
  allChanged(): void;
  readonly users: number;
  viewersOf(userId: string): number;
  close(): void;
}

export interface LivePortfoliosDeps {
  readonly portfolios: Pick<Views, 'readPortfolios'>;
  /** Is told which portfolios besides the default one are shown. Default: nobody. */
  readonly viewedHere?: Pick<ViewedHere, 'begin' | 'changed' | 'end'>;
  readonly board: PriceBoard;
  readonly feed: PriceFeed;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  /** What frames call now, epoch milliseconds. Default the wall clock. */
  readonly asOf?: () => number;
}

export interface LivePortfoliosOptions {
  /** Ticks that arrive within this time make one push per user. Default 5. */
  readonly pushWindowMs?: number;
  /** A user who is connected gets a frame about so often at least, also when nothing changed. Default 1 000. */
  readonly frameEveryMs?: number;
}

/** A portfolio of a user who is connected, with whoever looks at it. */
interface Shown extends Receiver, Pushed {
  readonly key: string;
  readonly owner: Owner;
  /** Undefined for the default one. */
  readonly of: string | undefined;
  readonly viewers: Set<Viewer>;
  /** What every frame begins with. */
  head: string;
  /** Of the portfolio as it was read last. */
  version: number;
  mark: number;
  /** Of paper money: whether it lives at made-up prices. */
  livesAt: boolean | undefined;
  isLost: boolean;
  rows: ShownRows;
  /** False until the coins were read and their last known prices asked for. */
  ready: boolean;
  /** Kept only while it is being sent. */
  frame: string | undefined;
}

/** Pushing pauses for other work after so long. */
const pushSliceMs = 8;
const nothing: ShownRows = { holdings: [], cash: undefined };

export const createLivePortfolios = (deps: LivePortfoliosDeps, options: LivePortfoliosOptions = {}): LivePortfolios => {
  const { portfolios, viewedHere, board, feed, clock, log, simulated, asOf = clock.now } = deps;
  const { pushWindowMs = 5, frameEveryMs = 1_000 } = options;
  const byKey = new Map<string, Shown>();
  const ofUser = new Map<string, Set<Shown>>();
  const holders = createHolders<Shown>(feed);
  const rhythm = createFrameRhythm<Shown>(frameEveryMs);

  /** @param waitedMs undefined where the frame is not for a change */
  const push = (shown: Shown, nowMs: number, waitedMs: number | undefined) => {
    shown.queued = false;
    shown.changedAt = Number.NaN;
    shown.framedAt = nowMs;
    shown.framedForChange = waitedMs !== undefined;
    shown.frame = undefined; // Built for somebody who caught up since the first of the changes.
    for (const viewer of shown.viewers) viewer.changed(waitedMs);
    shown.frame = undefined; // A later one is rare, and thousands of kept frames would be the garbage collector's main work.
  };
  const queue = createPushQueue<Shown>(clock, { windowMs: pushWindowMs, sliceMs: pushSliceMs }, push);
  const mark = (shown: Shown) => {
    if (shown.ready) queue.changed(shown);
  };
  board.connect((listing) => {
    queue.causedHere();
    for (const shown of holders.of(listing)) mark(shown);
  });
  const beat = clock.every(rhythm.lookEveryMs, () => {
    rhythm.look(clock.monotonic(), queue.due);
    queue.pushDue();
  });

  const headOf = ({ owner, of: portfolioId }: Shown, { version, baseCurrency = 'USDT' }: ShownPortfolio): string =>
    renderHead(owner, version, portfolioId === undefined ? undefined : { portfolioId, baseCurrency });

  /** Takes what the database says, and shows it once the last known prices of what is new are here. */
  const setPortfolio = (shown: Shown, portfolio: ShownPortfolio) => {
    const rows = rowsOf(board, shown.rows, portfolio, shown.of);
    const head = headOf(shown, portfolio);
    const { mark: newMark = portfolio.version, simulated: livesAt, isLost = false } = portfolio;
    const isSame = isLost === shown.isLost && areSame(shown.rows, rows) && head === shown.head;
    Object.assign(shown, { mark: newMark, livesAt, isLost });
    if (shown.ready && isSame) return;
    const before = listingsOf(shown.rows);
    Object.assign(shown, { rows, head, version: portfolio.version });
    const cause = currentCause();
    const waits: Promise<void>[] = [];
    let isNew = false;
    for (const listing of listingsOf(shown.rows)) {
      const known = before.delete(listing);
      isNew ||= !known;
      // Until the first frame also for what is held already: its price may still be on its way for the read before this
      // one.
      const wait = known ? (shown.ready ? undefined : feed.known(listing)) : holders.add(shown, listing);
      if (wait) waits.push(wait);
    }
    for (const listing of before) holders.remove(shown, listing);
    if (isNew && shown.ready && shown.of !== undefined) viewedHere?.changed();
    const showIt = () => {
      if (cause) void because(cause, 'push portfolio', () => show(shown));
      else show(shown);
    };
    if (waits.length) void Promise.all(waits).then(showIt);
    else showIt();
  };
  const show = (shown: Shown) => {
    if (byKey.get(shown.key) !== shown) return;
    const first = !shown.ready;
    shown.ready = true;
    push(shown, clock.monotonic(), first ? undefined : 0);
    if (first) rhythm.join(shown);
  };

  const reader = createPortfolioReader({
    portfolios,
    clock,
    log,
    read: (key, portfolio) => {
      const shown = byKey.get(key);
      if (shown) setPortfolio(shown, portfolio);
    },
    isShown: (key) => byKey.get(key)?.ready === true,
    failed: (key) => {
      for (const viewer of byKey.get(key)?.viewers ?? []) viewer.failed();
    },
  });
  const begin = ({ userId, userName }: Owner, of: string | undefined): Shown => {
    const key = viewKey(userId, of);
    const known = byKey.get(key);
    if (known) return known;
    const owner = { userId, userName };
    const none = {
      ...{ version: 0, mark: 0, livesAt: undefined, isLost: false, rows: nothing, ready: false },
      ...{ frame: undefined, queued: false, changedAt: Number.NaN, framedAt: 0, framedForChange: false },
    };
    const shown: Shown = { key, owner, of, viewers: new Set(), head: renderHead(owner), ...none };
    byKey.set(key, shown);
    const own = ofUser.get(userId);
    if (own) own.add(shown);
    else ofUser.set(userId, new Set([shown]));
    if (of !== undefined) viewedHere?.begin({ userId, portfolioId: of });
    return shown;
  };
  const forget = (shown: Shown) => {
    const { key, of, owner } = shown;
    for (const listing of listingsOf(shown.rows)) holders.remove(shown, listing);
    Object.assign(shown, { rows: nothing, queued: false });
    rhythm.leave(shown);
    byKey.delete(key);
    const own = ofUser.get(owner.userId);
    own?.delete(shown);
    if (own?.size === 0) ofUser.delete(owner.userId);
    if (of !== undefined) viewedHere?.end({ userId: owner.userId, portfolioId: of });
  };

  return {
    join: (owner, viewer, of) => {
      const joined = begin(owner, of);
      // Also for somebody known whose first read failed: those before were sent away, and nobody else asks again.
      if (!joined.ready) reader.request(joined.key);
      joined.viewers.add(viewer);
      const isMadeUp = () => simulated() === true;
      const render = () => renderFrame(joined.head, joined.rows.holdings, asOf(), isMadeUp(), joined.rows.cash);
      const notShown = () => whyNoMore(joined, simulated());
      const isShown = () => joined.ready && !notShown();
      const [own, now] = [defaultPortfolioId(owner.userId), () => [joined.version, asOf(), isMadeUp()] as const];
      return {
        frame: () => {
          if (!isShown()) return undefined;
          joined.frame ??= textFrame(render());
          return joined.frame;
        },
        text: () => (isShown() ? render() : undefined),
        receipt: () => (isShown() ? receiptOf(joined.rows.holdings, ...now()) : undefined),
        portfolioReceipt: () => (isShown() ? portfolioReceiptOf(of ?? own, joined.rows, ...now()) : undefined),
        notShown,
        has: (listing) => joined.ready && heldListings(joined.rows).has(listing),
        leave: () => {
          if (joined.viewers.delete(viewer) && joined.viewers.size === 0) forget(joined);
        },
      };
    },
    reload: (userId, version, portfolioId) => {
      const own = ofUser.get(userId);
      if (!own) return;
      const ofProfile = defaultPortfolioId(userId);
      const changed = portfolioId ?? ofProfile;
      for (const { of, key, ready, version: known } of own) {
        const isMeant = of === allPortfolios || (of ?? ofProfile) === changed;
        const isKnown = ready && of === undefined && version !== undefined && version <= known;
        if (isMeant && !isKnown) reader.request(key);
      }
    },
    reread: (key) => {
      if (byKey.has(key)) reader.request(key);
    },
    shown: () => [...byKey.values()].flatMap(({ ready, key, mark }) => (ready ? [[key, mark]] : [])),
    reloadAll: () => {
      for (const key of byKey.keys()) reader.request(key);
    },
    allChanged: () => {
      for (const shown of byKey.values()) mark(shown);
    },
    get users() {
      return ofUser.size;
    },
    viewersOf: (userId) =>
      [...(ofUser.get(userId) ?? [])].flatMap(({ viewers }) => [...viewers]).filter(({ once }) => !once).length,
    close: () => {
      beat.cancel();
      queue.close();
      reader.close();
      for (const shown of byKey.values()) forget(shown);
    },
  };
};
