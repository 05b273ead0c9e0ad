import type { WatchlistAnswer } from '@tickfolio/api/watchlist';
import type { Watchlist } from '@tickfolio/gen/portfolio/v1/watchlist';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { HeldSymbol } from '../../market/symbols.js';
import type { Listing } from '../../prices/listing.js';
import type { PriceBoard } from '../../prices/price-board.js';
import type { PriceFeed } from '../../prices/price-feed.js';
import { asciiJson } from '../../prices/text-frame.js';
import { watchedOf } from '../../watchlist/watched.js';
import { createHolders } from '../pushing/holders.js';
import { createPushQueue, type Pushed } from '../pushing/push-queue.js';
import type { OpenChannel } from './socket-channels.js';
import { createWatchedLists, type WatchedListsDeps } from './watched-lists.js';

export interface WatchingDeps extends Pick<WatchedListsDeps, 'read'> {
  readonly board: Pick<PriceBoard, 'connect' | 'listing'>;
  readonly feed: Pick<PriceFeed, 'follow' | 'release'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly simulated: () => boolean;
}

export interface Watcher {
  readonly userId: string;
  /** Whether the frames of this connection have the listing's price already. */
  readonly isFramed: (listing: Listing) => boolean;
  readonly owed: () => void;
}

/** The channel `watchlist`: what users with a connection here watch, and the prices of that. */
export interface Watching {
  open(watcher: Watcher): OpenChannel;
  /** A user may watch something else now. */
  changed(userId: string): void;
  allChanged(): void;
  /** All that is watched on a connection here, each once. */
  symbols(): HeldSymbol[];
  close(): void;
}

interface Socket extends Pushed, Watcher {
  /** Whether it is to be told the whole list. */
  owesList: boolean;
  /** Prices that it is to be told. */
  readonly owes: Set<Listing>;
  /** Prices that it was not told, because its frames had them. */
  readonly framed: Set<Listing>;
}

interface User {
  readonly sockets: Set<Socket>;
  /** The list as it is told; empty until it was read. */
  text: string;
  listings: ReadonlySet<Listing>;
  readAtMs: number;
}

/** Prices are told so often at most. */
const windowMs = 250;
/** Telling pauses for other work after so long. */
const sliceMs = 8;
/** A notice may be missed: a list is read again after so long, those of some users in each second. */
const [listMaxAgeMs, lookEveryMs, maxReadsPerLook] = [60_000, 1_000, 20];

/** A symbol ends with what it is priced in. */
const quoteOf = ({ symbol, asset }: WatchlistAnswer['watchlist'][number]): string =>
  symbol.startsWith(asset.toLowerCase()) ? symbol.slice(asset.length) : '';

export const createWatching = (deps: WatchingDeps): Watching => {
  const { board, feed, clock, log, simulated } = deps;
  const users = new Map<string, User>();
  const holders = createHolders<User>(feed);
  /** Of a listing as it is now, the same for all who are told it, up to its last mark. */
  const texts = new Map<Listing, string>();

  const queue = createPushQueue<Socket>(clock, { windowMs, sliceMs }, (socket) => {
    socket.queued = false;
    socket.changedAt = Number.NaN;
    socket.owed();
  });
  const owe = (user: User, listing: Listing) => {
    for (const socket of user.sockets) {
      socket.owes.add(listing);
      queue.changed(socket);
    }
  };
  board.connect((listing) => {
    texts.delete(listing);
    for (const user of holders.of(listing)) owe(user, listing);
  });
  const textOf = (listing: Listing): string | undefined => {
    const { symbol, reading, state } = listing;
    if (!reading) return undefined;
    let text = texts.get(listing);
    if (text === undefined) {
      text = `{"Type":"price","Symbol":${asciiJson(symbol)},"Price":"${reading.text}","PriceTime":"${reading.timeText}","Stale":${state !== 'live'}`;
      texts.set(listing, text);
    }
    return text + (simulated() ? ',"Simulated":true}' : '}');
  };

  const follow = (user: User, listings: ReadonlySet<Listing>) => {
    const before = user.listings;
    user.listings = listings;
    for (const listing of listings) {
      if (before.has(listing)) continue;
      // Its last price may have to be read; the board tells of that.
      void holders.add(user, listing);
      owe(user, listing);
    }
    for (const listing of before) {
      if (listings.has(listing)) continue;
      holders.remove(user, listing);
      if ([...holders.of(listing)].length === 0) texts.delete(listing);
      for (const { owes, framed } of user.sockets) for (const prices of [owes, framed]) prices.delete(listing);
    }
  };
  const taken = (userId: string, read: Watchlist) => {
    const user = users.get(userId);
    if (!user) return;
    const { version, watchlist } = watchedOf(read);
    const text = asciiJson({ Type: 'watchlist', Version: version, Watchlist: watchlist });
    user.readAtMs = clock.monotonic();
    if (text === user.text) return;
    user.text = text;
    const priced = watchlist.filter((watched) => quoteOf(watched) !== '');
    follow(user, new Set(priced.map((watched) => board.listing(watched.symbol, quoteOf(watched)))));
    for (const socket of user.sockets) {
      socket.owesList = true;
      socket.owed();
    }
  };
  const lists = createWatchedLists({ read: deps.read, clock, log, taken });
  /** What is in its frames no more: it may not be traded again soon. */
  const oweLeft = (socket: Socket) => {
    for (const listing of socket.framed) {
      if (socket.isFramed(listing)) continue;
      socket.framed.delete(listing);
      socket.owes.add(listing);
      queue.changed(socket);
    }
  };
  const look = clock.every(lookEveryMs, () => {
    for (const { sockets } of users.values()) for (const socket of sockets) oweLeft(socket);
    const dueMs = clock.monotonic() - listMaxAgeMs;
    let left = maxReadsPerLook;
    for (const [userId, user] of users) {
      if (left === 0) return;
      if (user.readAtMs > dueMs) continue;
      user.readAtMs = clock.monotonic(); // Asked for once, however long it takes.
      // Behind the others, so that of very many each has its turn.
      users.delete(userId);
      users.set(userId, user);
      lists.want(userId);
      left -= 1;
    }
  });

  const nextOf = (user: User, socket: Socket): string | undefined => {
    if (socket.owesList) {
      socket.owesList = false;
      return user.text;
    }
    for (const listing of socket.owes) {
      socket.owes.delete(listing);
      const isFramed = socket.isFramed(listing);
      if (isFramed) socket.framed.add(listing);
      const text = isFramed ? undefined : textOf(listing);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const userOf = (userId: string): User => {
    const known = users.get(userId);
    if (known) return known;
    const user: User = { sockets: new Set(), text: '', listings: new Set(), readAtMs: clock.monotonic() };
    users.set(userId, user);
    lists.want(userId);
    return user;
  };
  const leave = (userId: string, user: User, socket: Socket) => {
    socket.queued = false;
    user.sockets.delete(socket);
    if (user.sockets.size > 0) return;
    follow(user, new Set());
    lists.forget(userId);
    users.delete(userId);
  };

  return {
    open: (watcher) => {
      const { userId } = watcher;
      const user = userOf(userId);
      const owes = new Set(user.listings);
      const socket: Socket = {
        ...watcher,
        ...{ owesList: user.text !== '', owes, framed: new Set<Listing>(), queued: false, changedAt: Number.NaN },
      };
      user.sockets.add(socket);
      if (socket.owesList) queue.changed(socket);
      return { next: () => nextOf(user, socket), close: () => leave(userId, user, socket) };
    },
    changed: (userId) => {
      if (users.has(userId)) lists.want(userId);
    },
    allChanged: () => {
      for (const userId of users.keys()) lists.want(userId);
    },
    symbols: () => [...holders.listings()].map(({ symbol, quoteAsset = '' }) => ({ symbol, quoteAsset })),
    close: () => {
      look.cancel();
      queue.close();
      lists.close();
      for (const user of users.values()) follow(user, new Set());
      users.clear();
    },
  };
};
