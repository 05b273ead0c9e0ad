import type { BalanceTold } from '@tickfolio/api/balances';
import { actionAfter, closeCodes } from '@tickfolio/api/close-codes';
import type { ChannelMessage, ChannelName, ClientMessage } from '@tickfolio/api/messages';
import type { OrderTold } from '@tickfolio/api/order-told';
import { retryPauseMs } from '@tickfolio/lib/retry/backoff';
import type { Clock, Timer } from '../clock.js';
import { isProblem } from '../session/problem.js';
import type { Connection } from './connection.js';
import { type Frame, isFrame, isTypedMessage } from './frame.js';

export interface LiveSocketDeps {
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  readonly open: (token: string) => WebSocket;
  /** @throws Problem, 401 when the session is over */
  readonly token: () => Promise<string>;
  /** For a token that the server took no longer. @throws Problem */
  readonly renew: () => Promise<string>;
  readonly onFrame: (frame: Frame) => void;
  readonly onConnection: (connection: Connection) => void;
  /** What comes on the channels that were asked for. */
  readonly onChannel?: (message: ChannelMessage) => void;
  /** Each change of a balance, where the channel `balances` was asked for. */
  readonly onBalance?: ((balance: BalanceTold) => void) | undefined;
  /** What becomes of each order, where the channel `orders` was asked for. */
  readonly onOrder?: ((order: OrderTold) => void) | undefined;
  /** Changes of balances or orders come from now on, at first and after each cut, or some were missed: read them. */
  readonly onResync?: (() => void) | undefined;
  /** Something that was said was not taken, such as a portfolio that is not there. */
  readonly onNotTaken?: () => void;
  /** Called with every pause before it is made, in milliseconds. */
  readonly onPause?: ((ms: number) => void) | undefined;
  /** Frames are those of this portfolio, or of `all`; nothing of another comes. Default the default one. */
  readonly portfolioId?: string | undefined;
  /** Called once where that portfolio is not shown, or is so no more, with which nothing is tried any more. */
  readonly onRefused?: (reason: string, detail: string) => void;
  /**
   * Called once with the close code after which nothing is tried any more. Without it only 4429 ends the trying: the
   * other reasons to stop are faults of a program, so of something in between where it is the page.
   */
  readonly onStop?: (code: number) => void;
}

export interface LiveSocket {
  /** A fresh token, for the socket that is open. */
  offer(token: string): void;
  /** Which channels it has besides frames, on this connection and those that follow. Default none. */
  setChannels(names: readonly ChannelName[]): void;
  /**
   * Of which portfolio frames are, on this connection and those that follow; asked for anew with every call. Frames of
   * the one before may still come, and come first on every connection.
   */
  setView(portfolioId: string): void;
  /** Tries at once: the network is back, or the user asks. */
  retry(): void;
  close(): void;
}

const pauses = { minRetryMs: 500, maxRetryMs: 10_000 };
/** The server sends at least once a second. */
const silenceMs = 8_000;
/** Of WebSocket.readyState. */
const [connectingState, openState] = [0, 1];
/** The portfolio whose frames come unasked. */
const usualView = 'default';
/** Of a connection that broke, as browsers have it. */
const brokenCode = 1006;

/** @returns undefined for what is no JSON */
const readMessage = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The portfolio's socket, kept open: it reconnects with backoff and jitter, notices silence, and renews its token in
 * place.
 */
export const createLiveSocket = (deps: LiveSocketDeps): LiveSocket => {
  const { clock, random } = deps;
  let socket: WebSocket | undefined;
  let tries = 0;
  let timer: Timer | undefined;
  let silence: Timer | undefined;
  let closed = false;
  let channels: readonly ChannelName[] = [];
  /** The token of the socket that is open. */
  let used = '';
  const named = deps.portfolioId?.toLowerCase();
  const wanted = named === usualView ? undefined : named;
  let view = wanted ?? usualView;
  /** Whether the socket that is open has shown what is wanted. */
  let isShown = false;

  /** A browser complains of a socket that is closed before it is open: who only leaves waits for that, for a while. */
  const endOnceOpen = (old: WebSocket) => {
    const end = clock.after(silenceMs, () => old.close());
    old.onclose = () => end.cancel();
    old.onopen = () => old.close();
  };
  const detach = () => {
    silence?.cancel();
    const old = socket;
    socket = undefined;
    if (!old) return;
    old.onopen = old.onmessage = old.onclose = null;
    if (closed && old.readyState === connectingState) endOnceOpen(old);
    else old.close();
  };
  const later = (ms: number) => {
    if (closed) return; // While a token was renewed.
    timer?.cancel();
    deps.onPause?.(ms);
    timer = clock.after(ms, () => void connect());
  };
  /** What was refused may say when to ask again. */
  const laterAfter = (thrown: unknown, failures: number) => {
    const askedMs = isProblem(thrown) ? (thrown.retryAfterMs ?? 0) : 0;
    later(Math.max(askedMs, retryPauseMs({ ...pauses, random }, failures)));
  };
  const lost = (code: number, thrown?: unknown) => {
    detach();
    if (closed) return;
    const action = actionAfter(code);
    if (deps.onStop ? action === 'stop' : code === closeCodes.tooMany) {
      deps.onConnection('refused');
      deps.onStop?.(code);
      return;
    }
    deps.onConnection('reconnecting');
    const failures = tries++;
    if (action === 'refresh')
      deps.renew().then(
        // A server that takes no token at all is not asked without a pause.
        () => (failures === 0 ? void connect() : laterAfter(undefined, failures)),
        (refused: unknown) => isProblem(refused, 401) || laterAfter(refused, failures),
      );
    else if (action === 'reconnect-now' && failures === 0) later(random() * pauses.minRetryMs);
    else laterAfter(thrown, failures);
  };
  const listen = () => {
    silence?.cancel();
    silence = clock.after(silenceMs, () => lost(brokenCode));
  };
  const say = (message: ClientMessage) => {
    if (socket?.readyState === openState) socket.send(JSON.stringify(message));
  };
  const offer = (token: string) => {
    if (token === used || socket?.readyState !== openState) return;
    used = token;
    say({ type: 'refresh', accessToken: token });
  };
  const ask = (type: 'subscribe' | 'unsubscribe', names: readonly ChannelName[]) => {
    if (names.length > 0) say({ type, channels: names });
  };
  /** A newer one may have been renewed while this socket was being opened; else the server's clock is the one that counts. */
  const replace = async () => {
    const token = await deps.token();
    return token === used ? deps.renew() : token;
  };
  const notShown = ({ Detail, Reason = '' }: { readonly Detail: string; readonly Reason?: string }) => {
    // What is shown and answers a token says no reason.
    if (wanted === undefined || (isShown && Reason === '')) return;
    if (Reason === 'unavailable') lost(brokenCode);
    else deps.onRefused?.(Reason, Detail);
  };
  const take = (text: string) => {
    listen();
    const message = readMessage(text);
    if (message === undefined)
      lost(brokenCode); // Something in between said it.
    else if (isFrame(message)) {
      if (wanted !== undefined && message.PortfolioID !== wanted) return; // Of before it was asked.
      isShown = true;
      tries = 0;
      deps.onConnection('live');
      deps.onFrame(message);
    } else if (isTypedMessage(message)) {
      if (message.Type === 'token-expiring')
        replace().then(offer, () => undefined); // Else it is closed for that, which is told.
      else if (message.Type === 'error') {
        notShown(message);
        deps.onNotTaken?.();
      } else if (message.Type === 'watchlist' || message.Type === 'price') deps.onChannel?.(message);
      else if (message.Type === 'balance') deps.onBalance?.(message);
      else if (message.Type === 'order') deps.onOrder?.(message);
      else if (
        message.Type === 'resync' ||
        (message.Type === 'subscribed' && message.Channels.some((name) => name !== 'watchlist'))
      )
        deps.onResync?.();
    }
  };
  const connect = async () => {
    timer?.cancel();
    detach();
    let opened: WebSocket;
    try {
      const token = await deps.token();
      if (closed || socket) return;
      used = token;
      opened = deps.open(token); // May be refused by the browser itself.
    } catch (thrown) {
      if (!isProblem(thrown, 401)) lost(brokenCode, thrown);
      return;
    }
    socket = opened;
    listen();
    isShown = false;
    opened.onopen = () => {
      if (view !== usualView) say({ type: 'view', portfolioId: view });
      ask('subscribe', channels);
    };
    opened.onmessage = ({ data }) => take(String(data));
    opened.onclose = ({ code }) => lost(code);
    opened.onerror = () => undefined; // It closes then; the package ws throws what nobody listens for.
  };
  deps.onConnection('connecting');
  void connect();

  return {
    offer,
    setChannels: (names) => {
      ask(
        'unsubscribe',
        channels.filter((name) => !names.includes(name)),
      );
      ask(
        'subscribe',
        names.filter((name) => !channels.includes(name)),
      );
      channels = names;
    },
    setView: (portfolioId) => {
      view = portfolioId;
      say({ type: 'view', portfolioId });
    },
    retry: () => {
      if (closed || socket) return; // One that is being opened is left to it; silence ends it.
      tries = 0;
      deps.onConnection('reconnecting');
      void connect();
    },
    close: () => {
      closed = true;
      timer?.cancel();
      detach();
    },
  };
};
