import { actionAfter, closeCodes } from '@tickfolio/api/close-codes';
import type { Refresh } from '@tickfolio/api/messages';
import { doubledMs, retryPauseMs } from '@tickfolio/lib/retry/backoff';
import type { Clock, Timer } from '../clock.js';
import { isProblem } from '../session/problem.js';
import { type Frame, isConnectionMessage, isFrame } from './frame.js';

export type Connection =
  | 'connecting'
  | 'live'
  /** Lost, and being tried again. */
  | 'reconnecting'
  /** No socket gets through; frames are read over REST meanwhile. */
  | 'reading'
  /** The server wants no more sockets of this user; only the user tries again. */
  | 'refused';

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
}

export interface LiveSocket {
  /** A fresh token, for the socket that is open. */
  offer(token: string): void;
  /** Tries at once: the network is back, or the user asks. */
  retry(): void;
  close(): void;
}

const pauses = { minRetryMs: 500, maxRetryMs: 10_000, leastShare: 0.5 };
/** The server sends at least once a second. */
const silenceMs = 8_000;
/** Of WebSocket.readyState. */
const openState = 1;
/** Of a connection that broke, as browsers have it. */
const brokenCode = 1006;

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

  const detach = () => {
    silence?.cancel();
    const old = socket;
    socket = undefined;
    if (old) {
      old.onopen = old.onmessage = old.onclose = null;
      old.close();
    }
  };
  const later = (ms: number) => {
    timer?.cancel();
    timer = clock.after(ms, () => void connect());
  };
  const lost = (code: number) => {
    detach();
    if (closed) return;
    const action = actionAfter(code);
    // The other reasons to stop are faults of a program: of something in between, where it is this page.
    if (code === closeCodes.tooMany) {
      deps.onConnection('refused');
      return;
    }
    deps.onConnection('reconnecting');
    const failures = tries++;
    if (action === 'refresh')
      void deps.renew().then(
        () => later(0),
        (thrown: unknown) =>
          isProblem(thrown, 401) ? undefined : later(doubledMs(pauses.minRetryMs, pauses.maxRetryMs, failures)),
      );
    else if (action === 'reconnect-now' && failures === 0) later(random() * pauses.minRetryMs);
    else later(retryPauseMs({ ...pauses, random }, failures));
  };
  const listen = () => {
    silence?.cancel();
    silence = clock.after(silenceMs, () => lost(brokenCode));
  };
  const offer = (token: string) => {
    const message: Refresh = { type: 'refresh', accessToken: token };
    if (socket?.readyState === openState) socket.send(JSON.stringify(message));
  };
  const take = (text: string) => {
    listen();
    const message: unknown = JSON.parse(text);
    if (isFrame(message)) {
      tries = 0;
      deps.onConnection('live');
      deps.onFrame(message);
    } else if (isConnectionMessage(message) && message.Type === 'token-expiring')
      deps.token().then(offer, () => undefined); // A newer one may have been renewed while this socket was being opened.
  };
  const connect = async () => {
    timer?.cancel();
    detach();
    let opened: WebSocket;
    try {
      const token = await deps.token();
      if (closed || socket) return;
      opened = deps.open(token); // May be refused by the browser itself.
    } catch (thrown) {
      if (!isProblem(thrown, 401)) lost(brokenCode);
      return;
    }
    socket = opened;
    listen();
    opened.onmessage = ({ data }) => take(String(data));
    opened.onclose = ({ code }) => lost(code);
  };
  deps.onConnection('connecting');
  void connect();

  return {
    offer,
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
