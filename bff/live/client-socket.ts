import type { Duplex } from 'node:stream';
import { closeCodes } from '@tickfolio/api/close-codes';
import type { ClientMessage, ConnectionMessage } from '@tickfolio/api/messages';
import type { AccessToken } from '@tickfolio/lib/access-token';
import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { RawData, WebSocket } from 'ws';
import type { TokenClock } from '../accounts/token-clock.js';
import type { NotShown } from '../holdings/find-view.js';
import { asciiJson, pingFrame, textFrame } from '../prices/text-frame.js';
import { createSocketChannels, type OpenChannels } from './channels/socket-channels.js';
import { readClientMessage, understood } from './client-messages.js';
import type { SocketMetrics } from './socket-metrics.js';

export interface ClientSocketLimits {
  /**
   * How many bytes may be on their way to a client that has not shown that it read them. Default 65 536, and one frame
   * more.
   */
  readonly windowBytes: number;
  /** A ping follows after so many bytes, so that the client's pong tells how far it has read. Default 32 768. */
  readonly pingEveryBytes: number;
  /** A ping follows after so long in any case. Default 15 000. */
  readonly pingIntervalMs: number;
  /**
   * A client that answers no ping for so long is closed. With the interval above a dead peer is found within 26 s.
   * Default 10 000.
   */
  readonly silenceLimitMs: number;
  /** After the close frame the client has so long to answer before the connection is cut. Default 2 000. */
  readonly closeGraceMs: number;
  /** How many messages (pings included) a client may send in `messageWindowMs`. Default 20 in 10 000. */
  readonly maxMessages: number;
  readonly messageWindowMs: number;
  /** How long before its token runs out a client is told. Default 60 000. */
  readonly warnBeforeExpiryMs: number;
}

export const defaultSocketLimits: ClientSocketLimits = {
  windowBytes: 65_536,
  pingEveryBytes: 32_768,
  pingIntervalMs: 15_000,
  silenceLimitMs: 10_000,
  closeGraceMs: 2_000,
  maxMessages: 20,
  messageWindowMs: 10_000,
  warnBeforeExpiryMs: 60_000,
};

export interface ClientSocketDeps {
  readonly socket: WebSocket;
  /**
   * What `socket` writes to. Frames go there directly: through `socket` each would be a buffer and a second one for its
   * header.
   */
  readonly connection: Pick<Duplex, 'write' | 'on'>;
  readonly token: AccessToken;
  /** @throws AppError unauthenticated */
  readonly verify: (token: string) => AccessToken;
  /** The newest portfolio as a whole frame of the protocol; undefined while there is none. */
  readonly newest: () => string | undefined;
  /** Makes that the frames of another portfolio. @returns why not */
  readonly view: (portfolioId: string) => Promise<NotShown | undefined>;
  /** What may be asked for besides. Absent: nothing, and whatever is sent is refused. */
  readonly channels?: OpenChannels | undefined;
  readonly clock: Clock;
  /** What the token runs out by. */
  readonly tokenClock: Pick<TokenClock, 'now'>;
  readonly log: Logger;
  readonly metrics: SocketMetrics;
  readonly limits: ClientSocketLimits;
}

/** One client's connection. Holds no frames: a client that is behind gets the newest one once it has caught up. */
export interface ClientSocket {
  readonly userId: string;
  /** Of the token in use; a refreshed token may belong to another session of the same user. */
  readonly sessionId: string;
  readonly bufferedBytes: number;
  /**
   * Sends the newest frame, or notes that the client is owed it. @param waitedMs how long ago the change was noticed
   */
  changed(waitedMs: number | undefined): void;
  /** Says in words why it is shown something else than it asked for. */
  tell(why: NotShown): void;
  /** Looks after pings, silence and the token; to be called about once a second. */
  sweep(): void;
  /** Sends a close frame and cuts the connection soon after. */
  end(code: number, reason: string): void;
  cut(): void;
}

export const createClientSocket = (deps: ClientSocketDeps): ClientSocket => {
  const { socket, connection, verify, newest, view, clock, tokenClock, log, metrics, limits } = deps;
  let { token } = deps;
  let state: 'open' | 'ending' = 'open';
  let behind = false;
  let warned = false;
  // Pings carry the count of bytes sent before them and pongs bring it back: in-order delivery makes that a receipt for
  // those bytes, whatever the kernels on both sides buffer.
  let sentBytes = 0;
  let pingedBytes = 0;
  let receivedBytes = 0;
  let lastPingAt = clock.monotonic();
  let waitingSince: number | undefined;
  let messages = 0;
  let windowStart = clock.monotonic();

  const isFull = () => sentBytes - receivedBytes > limits.windowBytes || socket.bufferedAmount > limits.windowBytes;
  const catchUp = () => {
    if (isFull()) return;
    if (behind) {
      behind = false;
      changed(undefined);
    }
    tellChannels();
  };
  // After its close frame `socket` must not be followed by anything.
  const write = (bytes: string) => {
    if (socket.readyState === socket.OPEN) connection.write(bytes, 'latin1');
  };
  /** @returns a ping that asks how far the client has read */
  const nextPing = (): string => {
    lastPingAt = clock.monotonic();
    waitingSince ??= lastPingAt;
    pingedBytes = sentBytes;
    return pingFrame(String(sentBytes));
  };
  /** @param frame of `textFrame` */
  const send = (frame: string) => {
    sentBytes += frame.length;
    // In one write: that is what a frame costs.
    write(sentBytes - pingedBytes >= limits.pingEveryBytes ? frame + nextPing() : frame);
  };
  const say = (message: ConnectionMessage) => {
    if (state === 'open') send(textFrame(asciiJson(message)));
  };
  const tellChannels = () => {
    while (state === 'open' && channels && !isFull()) {
      const text = channels.next();
      if (text === undefined) return;
      send(textFrame(text));
    }
  };
  const channels = deps.channels && createSocketChannels(deps.channels, tellChannels);
  const changed = (waitedMs: number | undefined) => {
    if (state !== 'open') return;
    if (isFull()) {
      behind = true;
      metrics.skipped.inc();
      return;
    }
    const frame = newest();
    if (frame === undefined) return;
    send(frame);
    metrics.pushes.inc();
    if (waitedMs !== undefined) metrics.pushDelay.observe(waitedMs / 1000);
  };
  const end = (code: number, reason: string) => {
    if (state !== 'open') return;
    state = 'ending';
    channels?.close();
    metrics.closes.inc({ code });
    log.debug({ userId: token.userId, code, reason }, 'closing a client socket');
    socket.close(code, reason);
    const cut = clock.after(limits.closeGraceMs, () => socket.terminate());
    socket.once('close', () => cut.cancel());
  };

  const refuse = (detail: string) => {
    metrics.refusedMessages.inc();
    say({ Type: 'error', Detail: detail });
  };
  const tell = ({ detail, reason }: NotShown) => say({ Type: 'error', Detail: detail, Reason: reason });
  const isOverRate = (): boolean => {
    if (clock.monotonic() - windowStart >= limits.messageWindowMs) {
      windowStart = clock.monotonic();
      messages = 0;
    }
    if (++messages <= limits.maxMessages) return false;
    end(closeCodes.tooMany, 'too many messages');
    return true;
  };
  const renew = (text: string) => {
    let next: AccessToken;
    try {
      next = verify(text);
    } catch {
      refuse('The access token is not valid.');
      return;
    }
    if (next.userId !== token.userId) {
      refuse('The access token belongs to another user.');
      return;
    }
    token = next;
    warned = false;
    say({ Type: 'token-accepted', ExpiresAt: new Date(token.expiresAtMs).toISOString() });
  };
  const look = async (portfolioId: string) => {
    const refusal = await view(portfolioId);
    if (refusal === undefined) return;
    metrics.refusedMessages.inc();
    tell(refusal);
  };
  const take = (message: ClientMessage) => {
    if (message.type === 'refresh') renew(message.accessToken);
    else if (message.type === 'view') void look(message.portfolioId);
    else if (!channels) refuse('There are no channels here.');
    else {
      const held = message.type === 'subscribe' ? channels.subscribe : channels.unsubscribe;
      say({ Type: 'subscribed', Channels: held(message.channels) });
      tellChannels();
    }
  };
  connection.on('drain', catchUp);
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (state !== 'open' || isOverRate()) return;
    const message = isBinary ? undefined : readClientMessage(data.toString());
    if (message === undefined) refuse(understood);
    else take(message);
  });
  socket.once('close', () => channels?.close());
  socket.on('ping', () => void isOverRate());
  socket.on('pong', (data: Buffer) => {
    const text = data.toString('latin1', 0, 20);
    const count = /^\d{1,16}$/.test(text) ? Number(text) : -1;
    // Neither what was not sent nor an old receipt again is a sign of reading.
    if (count !== pingedBytes && !(count > receivedBytes && count < pingedBytes)) return;
    receivedBytes = count;
    waitingSince = count === pingedBytes ? undefined : clock.monotonic();
    catchUp();
  });

  return {
    userId: token.userId,
    get sessionId() {
      return token.sessionId;
    },
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    changed,
    tell,
    sweep: () => {
      if (state !== 'open') return;
      const remainingMs = token.expiresAtMs - tokenClock.now();
      if (remainingMs <= 0) end(closeCodes.signInAgain, 'the access token ran out');
      else if (waitingSince !== undefined && clock.monotonic() - waitingSince >= limits.silenceLimitMs)
        end(closeCodes.tooSlow, 'too slow or gone: no ping was answered in time');
      else {
        if (waitingSince === undefined && clock.monotonic() - lastPingAt >= limits.pingIntervalMs) write(nextPing());
        if (remainingMs <= limits.warnBeforeExpiryMs && !warned) {
          warned = true;
          say({ Type: 'token-expiring', ExpiresAt: new Date(token.expiresAtMs).toISOString() });
        }
      }
    },
    end,
    cut: () => socket.terminate(),
  };
};
