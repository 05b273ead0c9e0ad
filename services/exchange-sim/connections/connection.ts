import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { WebSocket } from 'ws';
import type { Faults } from '../faults/faults.js';
import type { Limits } from '../limits.js';
import type { TimeUnit } from '../market/trade.js';
import type { StreamHub, Subscriber } from '../streams/stream-hub.js';
import { parseStreamName } from '../streams/stream-name.js';
import { answerControl, type ControlSession, type ErrorShape } from './control-message.js';
import { createHeartbeat } from './heartbeat.js';

/** One client's WebSocket. */
export interface Connection extends Subscriber {
  readonly streams: readonly string[];
  /** Sends `serverShutdown`, unasked. */
  announceShutdown(): void;
  /** Closes with a code; without one (or when the peer does not answer) the TCP connection is just cut. */
  cut(code?: number, reason?: string): void;
}

export interface ConnectionDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly hub: StreamHub;
  readonly limits: Limits;
  readonly errorShape: ErrorShape;
  readonly faults: Pick<Faults, 'pings' | 'control' | 'isMute'>;
  onSubscribe(): void;
  onClose(connection: Connection): void;
}

export interface ConnectionOptions {
  readonly id: number;
  readonly combined: boolean;
  readonly unit: TimeUnit;
  /** Streams named in the URL. */
  readonly streams: readonly string[];
}

/** How long a peer may take to answer a close before it is cut. */
const closeGraceMs = 1_000;
/** Delayed answers to pings kept per connection; the message limit makes more than a few impossible. */
const maxDelayedPongs = 100;

export const createConnection = (
  ws: WebSocket,
  socket: Duplex,
  options: ConnectionOptions,
  deps: ConnectionDeps,
): Connection => {
  const { clock, hub, limits, faults } = deps;
  const log = deps.log.child({ connection: options.id });
  const streams = new Set<string>();
  const timers = new Set<Timer>();
  let received: number[] = [];
  let delayedPongs = 0;
  let isCut = false;
  const later = (delayMs: number, run: () => void) => {
    const timer = clock.after(delayMs, () => {
      timers.delete(timer);
      run();
    });
    timers.add(timer);
  };

  const session: ControlSession = {
    combined: options.combined,
    subscribe: (names) => {
      const fresh = new Set(names.filter((name) => !streams.has(name)));
      if (streams.size + fresh.size > limits.streamsPerConnection) return false;
      for (const name of fresh) {
        streams.add(name);
        hub.subscribe(connection, name);
      }
      if (fresh.size > 0) deps.onSubscribe();
      return true;
    },
    unsubscribe: (names) => {
      for (const name of names) if (streams.delete(name)) hub.unsubscribe(connection, name);
    },
    subscriptions: () => [...streams],
    refusal: (method, names) => faults.control(options.id, method, names),
  };

  const isOpen = () => ws.readyState === ws.OPEN;
  const sendText = (data: string | Buffer) => {
    if (!isOpen()) return;
    ws.send(data, { binary: false, compress: false });
    if (ws.bufferedAmount <= limits.maxSendBufferBytes) return;
    log.warn({ bufferedBytes: ws.bufferedAmount }, 'the client does not read what it is sent, cutting it off');
    connection.cut();
  };

  /** Counts something the client sent; false when it was one too many. */
  const admit = (): boolean => {
    const now = clock.monotonic();
    received = received.filter((at) => at > now - 1_000);
    received.push(now);
    if (received.length <= limits.messagesPerSecond) return true;
    if (!isCut)
      log.warn(
        { messagesPerSecond: limits.messagesPerSecond },
        'the client sent more messages in a second than allowed, closing it',
      );
    connection.cut(1008, 'Too many requests');
    return false;
  };

  const heartbeat = createHeartbeat(clock, {
    pingIntervalMs: limits.pingIntervalMs,
    pongTimeoutMs: limits.pongTimeoutMs,
    isSilent: () => faults.pings.silent || faults.isMute(options.id) || !isOpen(),
    ping: (payload) => ws.ping(payload),
    onTimeout: () => {
      log.warn({ pongTimeoutMs: limits.pongTimeoutMs }, 'no pong in time, closing the connection');
      connection.cut(1008, 'Pong timeout');
    },
  });

  const connection: Connection = {
    id: options.id,
    get streams() {
      return [...streams];
    },
    send: (frame) => sendText(frame.bytes(session.combined, options.unit)),
    cork: () => socket.cork(),
    uncork: () => socket.uncork(),
    announceShutdown: () => {
      const event = `{"e":"serverShutdown","E":${clock.now()}}`;
      sendText(session.combined ? `{"stream":"!serverShutdown","data":${event}}` : event);
    },
    cut: (code, reason) => {
      if (code === undefined) {
        ws.terminate();
        return;
      }
      if (isCut) return;
      isCut = true;
      ws.close(code, reason);
      later(closeGraceMs, () => ws.terminate());
    },
  };

  ws.on('message', (data) => {
    if (!admit() || faults.isMute(options.id)) return;
    sendText(answerControl(data.toString(), session, (name) => parseStreamName(name) !== undefined, deps.errorShape));
  });
  ws.on('ping', (payload) => {
    if (!admit() || faults.isMute(options.id)) return;
    if (faults.pings.answerDelayMs === 0) ws.pong(payload);
    else if (delayedPongs < maxDelayedPongs) {
      delayedPongs++;
      later(faults.pings.answerDelayMs, () => {
        delayedPongs--;
        if (isOpen()) ws.pong(payload);
      });
    }
  });
  ws.on('pong', (payload) => {
    if (admit()) heartbeat.pong(payload.toString());
  });
  ws.on('error', (err) => log.debug({ err }, 'the connection broke'));
  ws.on('close', (code) => {
    heartbeat.close();
    for (const timer of timers) timer.cancel();
    session.unsubscribe([...streams]);
    log.debug({ code }, 'connection closed');
    deps.onClose(connection);
  });
  session.subscribe(options.streams);
  later(limits.connectionLifetimeMs, () => connection.cut(1001, 'Connection lifetime reached'));
  if (limits.shutdownNoticeMs > 0)
    later(Math.max(0, limits.connectionLifetimeMs - limits.shutdownNoticeMs), () => connection.announceShutdown());
  return connection;
};
