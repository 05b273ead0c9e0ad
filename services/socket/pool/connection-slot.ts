import type { Clock, Timer } from '@tickfolio/lib/clock';
import { type Backoff, createBackoff } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { ConnectionEnd, ConnectionEvents, ExchangeConnection } from '../exchange/exchange-connection.js';
import { allTickersStream } from '../exchange/ticker-array.js';
import type { SocketLimits } from '../limits.js';
import type { SocketMetrics } from '../metrics.js';
import type { ConnectionGate } from './connection-gate.js';
import { obey, wordsOf } from './exchange-refusal.js';
import { canHandOver, carriedOnlyBefore, type Rotation, type RotationReason } from './rotation.js';
import { createSilenceWatch, type SilenceWatch } from './silence-watch.js';
import type { Link, StreamEvents } from './stream-events.js';

export interface SlotDeps {
  /** Starts to open a connection; its events come later, never during the call. */
  readonly open: (events: ConnectionEvents) => ExchangeConnection;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly gate: ConnectionGate;
  readonly metrics: SocketMetrics;
  readonly limits: SocketLimits;
  readonly events: StreamEvents;
  /** A number that grows with every connection of the whole service. */
  readonly nextSource: () => number;
  /** A message that could not be read came. */
  readonly malformed: (why: string) => void;
}

const rotationCheckMs = 100;

/**
 * The place of one connection: it alone opens, replaces and closes the connections that follow each other here, so
 * that there is never more than one and, during a rotation, its successor.
 */
export class ConnectionSlot {
  readonly names = new Set<string>();
  readonly #deps: SlotDeps;
  readonly #backoff: Backoff;
  readonly #silence: SilenceWatch;
  #current: ExchangeConnection | undefined;
  #currentSinceMs = 0;
  #downSinceMs: number | undefined;
  #rotation: Rotation | undefined;
  #retry: Timer | undefined;
  #lifetime: Timer | undefined;
  #rotateLater: Timer | undefined;
  #down: Link | undefined;
  #closed = false;

  constructor(deps: SlotDeps) {
    this.#deps = deps;
    const { backoffBaseMs, backoffCapMs } = deps.limits;
    this.#backoff = createBackoff({ minRetryMs: backoffBaseMs, maxRetryMs: backoffCapMs, random: deps.random });
    this.#silence = createSilenceWatch(deps.clock, deps.limits, deps.events);
    this.#downSinceMs = deps.clock.monotonic();
    this.#connect();
  }

  /** Since when there is no connection, and why in words where an attempt failed; undefined while there is one. */
  get down(): { readonly sinceMs: number; readonly detail: string | undefined } | undefined {
    if (this.#downSinceMs === undefined) return undefined;
    return { sinceMs: this.#downSinceMs, detail: this.#down && 'detail' in this.#down ? this.#down.detail : undefined };
  }

  /** How old the newest data are, ms, or how long the connection brings none; undefined while there is no connection. */
  get newestAgeMs(): number | undefined {
    if (!this.#current?.isOpen) return undefined;
    return this.#deps.clock.monotonic() - (this.#current.lastDataMs ?? this.#currentSinceMs);
  }

  add(name: string): void {
    this.names.add(name);
    this.#deps.events.link(name, this.#down ?? { kind: 'asking' });
    this.#current?.want(name);
    this.#rotation?.next.want(name);
  }

  remove(name: string): void {
    this.names.delete(name);
    this.#silence.changed();
    this.#current?.unwant(name);
    this.#rotation?.next.unwant(name);
  }

  renew(name: string): void {
    this.#current?.renew(name);
    this.#rotation?.next.renew(name);
  }

  /** Looks for silence; called once a second. */
  checkSilence(): void {
    const { log, events } = this.#deps;
    if (!this.#current?.isOpen || this.#rotation || !this.names.size) return;
    const silentMs = this.#silence.judge(this.#current, this.names, this.#currentSinceMs);
    if (silentMs === undefined) return;
    log.warn(
      { silentMs: Math.round(silentMs), streams: this.names.size },
      'a connection to the exchange is open but silent; replacing it',
    );
    for (const name of this.names) events.link(name, { kind: 'silent', detail: 'the connection is open but silent' });
    this.rotate('silent');
  }

  /** Opens a successor and lets it take over without a gap. Does nothing while that is under way. */
  rotate(reason: RotationReason): void {
    const { clock, gate, limits, log } = this.#deps;
    if (this.#closed || this.#rotation || !this.#current?.isOpen) return;
    this.#rotateLater?.cancel();
    this.#rotateLater = undefined;
    const waitMs = gate.take();
    if (waitMs > 0) {
      this.#retryRotation(reason, waitMs);
      return;
    }
    log.info({ reason, streams: this.names.size }, 'opening a new connection to the exchange to replace one');
    const next = this.#open();
    for (const name of this.names) next.want(name);
    const check = clock.every(Math.min(rotationCheckMs, limits.rotationSettleMs), () => this.#checkRotation());
    this.#rotation = { reason, next, startedMs: clock.monotonic(), check };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of [this.#retry, this.#lifetime, this.#rotateLater, this.#rotation?.check]) timer?.cancel();
    const open = [this.#current, this.#rotation?.next];
    this.#current = undefined;
    this.#rotation = undefined;
    await Promise.all(open.map((connection) => connection?.close()));
  }

  #connect(): void {
    this.#retry = undefined;
    const { gate, clock } = this.#deps;
    const waitMs = gate.take();
    if (waitMs > 0) {
      if (gate.refusal !== undefined) this.#report({ kind: 'refused', detail: gate.refusal });
      // Those that wait for the same moment do not all start in it.
      this.#retry = clock.after(waitMs + this.#deps.random() * 1_000, () => this.#connect());
      return;
    }
    this.#current = this.#open();
    for (const name of this.names) this.#current.want(name);
  }

  #open(): ExchangeConnection {
    const { open, metrics, events, gate, log, nextSource } = this.#deps;
    const source = nextSource();
    const isOurs = () => !this.#closed && (connection === this.#current || connection === this.#rotation?.next);
    metrics.attempts.inc();
    const connection: ExchangeConnection = open({
      opened: () => {
        if (!isOurs()) return;
        if (gate.refusal !== undefined) log.warn('the exchange lets us in again');
        gate.letIn();
        if (connection === this.#current) this.#becameCurrent();
      },
      frame: (frame, receiveTimeMs) => {
        if (!isOurs()) return;
        this.#sawData(frame.stream);
        if (this.names.has(frame.stream)) events.frame(frame, receiveTimeMs, source, this.#rotation !== undefined);
        else metrics.unwanted.inc(); // On its way when it was unsubscribed.
      },
      tickers: (tickers, receiveTimeMs) => {
        if (isOurs()) this.#sawData(allTickersStream);
        // As above: what was on its way is nobody's any more.
        if (isOurs() && this.names.has(allTickersStream)) events.tickers?.(tickers, receiveTimeMs);
      },
      acknowledged: (name) => {
        if (isOurs() && this.names.has(name)) events.link(name, { kind: 'answered' });
      },
      rejected: (name, why, { isNews, retryInMs }) => {
        if (!isOurs()) return;
        metrics.refusals.inc();
        log[isNews ? 'warn' : 'debug'](
          { stream: name, why, retryInMs },
          'the exchange refuses a stream; it is asked for again later',
        );
        const other = connection === this.#current ? this.#rotation?.next : this.#current;
        const isCarried = other?.acknowledgedAtMs(name) !== undefined;
        const detail = `the exchange refuses the stream: ${why}; it is asked again after ${Math.round(retryInMs / 1_000)} s`;
        if (this.names.has(name) && !isCarried) events.link(name, { kind: 'rejected', detail });
      },
      shutdownNotice: () => {
        if (connection !== this.#current) return;
        log.info('the exchange announced that it shuts this connection down');
        this.rotate('server-shutdown');
      },
      malformed: this.#deps.malformed,
      controlSent: () => metrics.controlMessages.inc(),
      ended: (end) => {
        if (isOurs()) this.#ended(connection, end);
      },
    });
    return connection;
  }

  #sawData(name: string): void {
    this.#silence.saw(name);
    // Only data proves that a connection works; an exchange that accepts and then drops us is still backed off from.
    if (this.#backoff.failures > 0) this.#backoff.reset();
  }

  #becameCurrent(): void {
    const { clock, limits, random } = this.#deps;
    this.#down = undefined;
    this.#downSinceMs = undefined;
    this.#currentSinceMs = clock.monotonic();
    this.#lifetime?.cancel();
    const lifetimeMs = limits.lifetimeMs * (1 - limits.lifetimeJitter * random());
    this.#lifetime = clock.after(lifetimeMs, () => this.rotate('lifetime'));
  }

  #ended(connection: ExchangeConnection, end: ConnectionEnd): void {
    const { gate, limits, log, metrics } = this.#deps;
    const detail = wordsOf(end);
    obey(end, { gate, limits, log });
    if (connection !== this.#current) {
      log.warn({ reason: detail }, 'the connection that was to replace another one failed; the old one stays for now');
      const reason = this.#rotation?.reason ?? 'lifetime';
      this.#dropRotation();
      this.#retryRotation(reason, this.#backoff.next());
      return;
    }
    metrics.reconnects.inc({ reason: end.why });
    this.#current = undefined;
    this.#downSinceMs ??= this.#deps.clock.monotonic();
    this.#lifetime?.cancel();
    this.#rotateLater?.cancel();
    this.#rotateLater = undefined;
    const rotation = this.#rotation;
    const link: Link = end.why === 'refused' ? { kind: 'refused', detail } : { kind: 'down', detail };
    if (rotation) {
      // The successor is on its way already; what it does not deliver yet is down until it does.
      this.#takeOver(rotation);
      for (const name of this.names)
        if (rotation.next.acknowledgedAtMs(name) === undefined) this.#deps.events.link(name, link);
      return;
    }
    this.#report(link);
    const delayMs = this.#backoff.next();
    if (this.#backoff.failures <= 3)
      log.warn({ reason: detail, retryInMs: Math.round(delayMs) }, 'lost the connection to the exchange');
    else
      log.debug(
        { reason: detail, attempt: this.#backoff.failures, retryInMs: Math.round(delayMs) },
        'the exchange cannot be reached',
      );
    this.#retry = this.#deps.clock.after(delayMs, () => this.#connect());
  }

  #report(link: Link): void {
    this.#down = link;
    for (const name of this.names) this.#deps.events.link(name, link);
  }

  #retryRotation(reason: RotationReason, delayMs: number): void {
    if (this.#closed) return;
    this.#rotateLater ??= this.#deps.clock.after(delayMs, () => this.rotate(reason));
  }

  #checkRotation(): void {
    const rotation = this.#rotation;
    if (!rotation) return;
    const { clock, limits, log, metrics, events } = this.#deps;
    const old = this.#current;
    const { next, reason } = rotation;
    const settleMs = reason === 'silent' ? 0 : limits.rotationSettleMs;
    const nowMs = clock.monotonic();
    if (canHandOver({ reason, names: this.names, old, next, nowMs, settleMs, settled: events.settled })) {
      this.#takeOver(rotation);
      for (const name of carriedOnlyBefore(this.names, old, next))
        events.link(name, { kind: 'rejected', detail: 'the exchange refuses the stream' });
      void old?.close();
      metrics.rotations.inc({ reason });
      log.info(
        { reason, tookMs: Math.round(nowMs - rotation.startedMs) },
        'the new connection to the exchange took over',
      );
    } else if (nowMs - rotation.startedMs > limits.rotationTimeoutMs) {
      log.warn({ reason }, 'a new connection does not deliver what the old one does; giving it up');
      this.#dropRotation();
      this.#retryRotation(reason, limits.backoffBaseMs + this.#backoff.next());
    }
  }

  #takeOver(rotation: Rotation): void {
    rotation.check.cancel();
    this.#rotation = undefined;
    this.#current = rotation.next;
    if (rotation.next.isOpen) this.#becameCurrent();
  }

  #dropRotation(): void {
    const rotation = this.#rotation;
    rotation?.check.cancel();
    this.#rotation = undefined;
    void rotation?.next.close();
  }
}
