import { closeCodes } from '@tickfolio/api/close-codes';
import type { AccessToken } from '@tickfolio/lib/access-token';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { WebSocket } from 'ws';
import { type FindView, type NotShown, notShown } from '../holdings/find-view.js';
import type { OpenChannels } from './channels/socket-channels.js';
import type { ToldBalances } from './channels/told-balances.js';
import type { ToldOrders } from './channels/told-orders.js';
import type { Watcher, Watching } from './channels/watching.js';
import {
  type ClientSocket,
  type ClientSocketDeps,
  type ClientSocketLimits,
  createClientSocket,
} from './client-socket.js';
import { demoOwner } from './demo/demo-portfolio.js';
import type { LivePortfolios } from './live-portfolios.js';
import type { SocketMetrics } from './socket-metrics.js';

export interface ClientSocketsDeps {
  readonly live: LivePortfolios;
  /** Which portfolio a client means. */
  readonly find: FindView;
  readonly watching: Pick<Watching, 'open'>;
  readonly balances: Pick<ToldBalances, 'open'>;
  readonly orders: Pick<ToldOrders, 'open'>;
  readonly verify: (token: string) => AccessToken;
  readonly clock: Clock;
  readonly tokenClock: ClientSocketDeps['tokenClock'];
  readonly log: Logger;
  readonly metrics: SocketMetrics;
}

export interface ClientSocketsOptions {
  readonly limits: ClientSocketLimits;
  /** All users together; past it the upgrade is refused. */
  readonly maxSockets: number;
  readonly maxSocketsPerUser: number;
  /** Closing all clients is spread over so long, so that they do not come back all at once. */
  readonly closeSpreadMs: number;
}

/** Every client socket of this process. */
export interface ClientSockets {
  /** No more are taken: the limit is reached, or all are being closed. */
  readonly isFull: boolean;
  /**
   * @param connection what `socket` writes to
   * @param mostOfUser how many of the user's are open at most. Default as the options have it
   */
  open(socket: WebSocket, connection: ClientSocketDeps['connection'], token: AccessToken, mostOfUser?: number): void;
  /** Closes the sockets of a session that was ended. */
  endSession(sessionId: string): void;
  /** Closes those of a user whose account was deleted. */
  endUser(userId: string): void;
  /** Tells every client to go elsewhere; resolves when all are closed or were cut. */
  close(): Promise<void>;
}

const sweepMs = 1_000;
const closeSlices = 20;

export const createClientSockets = (deps: ClientSocketsDeps, options: ClientSocketsOptions): ClientSockets => {
  const { live, find, watching, balances, orders, verify, clock, tokenClock, log, metrics } = deps;
  const { limits, maxSockets, maxSocketsPerUser, closeSpreadMs } = options;
  const open = new Set<ClientSocket>();
  let allClosed: (() => void) | undefined;
  let closing = false;

  const sweep = clock.every(sweepMs, () => {
    let buffered = 0;
    let most = 0;
    for (const client of open) {
      client.sweep();
      buffered += client.bufferedBytes;
      most = Math.max(most, client.bufferedBytes);
    }
    metrics.bufferedBytes.set(buffered);
    metrics.maxBufferedBytes.set(most);
    metrics.sockets.set(open.size);
    metrics.users.set(live.users);
  });

  const endWhere = (isMeant: (client: ClientSocket) => boolean) => {
    for (const client of open) if (isMeant(client)) client.end(closeCodes.signInAgain, 'the session was ended');
  };
  return {
    get isFull() {
      return closing || open.size >= maxSockets;
    },
    open: (socket, connection, token, mostOfUser = maxSocketsPerUser) => {
      const isOneTooMany = live.viewersOf(token.userId) >= mostOfUser;
      let viewing: ReturnType<LivePortfolios['join']> | undefined;
      let shown: string | undefined;
      let asked = 0;
      const failed = () => client.end(closeCodes.tryAgainLater, 'the portfolio cannot be read at the moment');
      const show = (of: string | undefined) => {
        const before = viewing;
        shown = of;
        viewing = live.join(token, { changed, failed }, of);
        before?.leave();
        client.changed(undefined);
      };
      /** It goes on with the default one. */
      const showNoMore = () => {
        const why = viewing?.notShown();
        if (!why) return;
        client.tell(why);
        show(undefined);
      };
      const changed = (waitedMs: number | undefined) => {
        // Not at once: whoever tells of it is not done with what was shown.
        if (!viewing?.notShown()) client.changed(waitedMs);
        else queueMicrotask(showNoMore);
      };
      const view = async (portfolioId: string): Promise<NotShown | undefined> => {
        if (userId === demoOwner.userId) return notShown('not-found', 'There is one portfolio here.');
        const turn = ++asked;
        const found = await find(token.userId, portfolioId);
        // Meanwhile it was closed, or asked for another one, and the last word counts.
        if (viewing === undefined || turn !== asked) return undefined;
        if (found.kind === 'refused') return found;
        if (found.of !== shown) show(found.of);
        return undefined;
      };
      const { userId } = token;
      const isFramed: Watcher['isFramed'] = (listing) => viewing?.has(listing) ?? false;
      const channels: OpenChannels = {
        watchlist: (owed) => watching.open({ userId, isFramed, owed }),
        balances: (owed) => balances.open({ userId, owed }),
        orders: (owed) => orders.open({ userId, owed }),
      };
      const client = createClientSocket({
        socket,
        connection,
        token,
        verify,
        newest: () => viewing?.frame(),
        view,
        channels: userId === demoOwner.userId ? undefined : channels,
        clock,
        tokenClock,
        log,
        metrics,
        limits,
      });
      open.add(client);
      metrics.opens.inc();
      socket.once('close', () => {
        open.delete(client);
        viewing?.leave();
        viewing = undefined;
        if (open.size === 0) allClosed?.();
      });
      if (closing) client.end(closeCodes.goingAway, 'the server is shutting down');
      else if (isOneTooMany) client.end(closeCodes.tooMany, 'too many sockets of one user');
      else show(undefined);
    },
    endSession: (sessionId) => endWhere((client) => client.sessionId === sessionId),
    endUser: (userId) => endWhere((client) => client.userId === userId),
    close: async () => {
      closing = true;
      const drained = new Promise<void>((resolve) => {
        allClosed = resolve;
        if (open.size === 0) resolve();
      });
      const clients = [...open];
      const perSlice = Math.ceil(clients.length / closeSlices);
      for (let from = 0; from < clients.length; from += perSlice) {
        for (const client of clients.slice(from, from + perSlice))
          client.end(closeCodes.goingAway, 'the server is shutting down');
        if (clients.length > closeSlices) await sleep(clock, closeSpreadMs / closeSlices);
      }
      // Each client cuts itself after its grace time; this is for a clock or a socket that fails to.
      await Promise.race([drained, sleep(clock, limits.closeGraceMs + sweepMs)]);
      for (const client of open) client.cut();
      sweep.cancel();
    },
  };
};
