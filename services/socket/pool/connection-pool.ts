import { createComplaint } from '@tickfolio/lib/telemetry';
import { ConnectionSlot, type SlotDeps } from './connection-slot.js';
import { createOutageNotice } from './outage-notice.js';

/** Few connections to the exchange, many streams on each. */
export interface ConnectionPool {
  /** Asks the exchange for a stream. @returns false when all connections are full. */
  want(name: string): boolean;
  unwant(name: string): void;
  /** Unsubscribes and subscribes one stream again. */
  renew(name: string): void;
  /** Replaces the connection that carries the stream. */
  replace(name: string): void;
  readonly connections: { readonly open: number; readonly wanted: number };
  /** How many of the streams have no connection; one that is only just being opened is none that is missing. */
  readonly streams: { readonly down: number; readonly wanted: number };
  /**
   * What keeps us from the exchange, in words: no connection, not from most streams, or one for too long; undefined
   * else.
   */
  readonly fault: string | undefined;
  /** What is missing though that is no `fault` yet, in words. */
  readonly degraded: string | undefined;
  /** By the place of each open connection, from 1: how old its newest data are, milliseconds. */
  newestAgesMs(): ReadonlyMap<number, number>;
  close(): Promise<void>;
}

const checkPeriodMs = 1_000;
const complaintPeriodMs = 10_000;

export interface PoolDeps extends Omit<SlotDeps, 'nextSource' | 'malformed'> {
  /** A connection was given up because nobody wants anything of it, and no other one is missing. */
  readonly noneMissing?: () => void;
}

export const createConnectionPool = (deps: PoolDeps): ConnectionPool => {
  const { clock, limits, log, metrics } = deps;
  const complain = createComplaint(clock, log, 'the exchange sends something that cannot be read', complaintPeriodMs);
  const malformed = (why: string) => {
    metrics.malformed(why);
    complain(why);
  };
  /** With the lowest free number for each. */
  const places = new Map<ConnectionSlot, number>();
  const slotOf = new Map<string, ConnectionSlot>();
  const emptySinceMs = new Map<ConnectionSlot, number>();
  let sources = 0;
  const nextSource = () => ++sources;

  const roomFor = (): ConnectionSlot | undefined => {
    for (const slot of places.keys()) if (slot.names.size < limits.streamsPerConnection) return slot;
    if (places.size >= limits.maxConnections) return undefined;
    const taken = new Set(places.values());
    let place = 1;
    while (taken.has(place)) place += 1;
    const slot = new ConnectionSlot({ ...deps, nextSource, malformed });
    places.set(slot, place);
    return slot;
  };
  /** What has no connection, apart from what is just being connected for the first time. */
  const outage = () => {
    const sum = { open: 0, down: 0, wanted: 0, longestMs: 0, why: undefined as string | undefined };
    for (const { down, names } of places.keys()) {
      sum.wanted += names.size;
      if (!down) {
        sum.open += 1;
        continue;
      }
      const forMs = clock.monotonic() - down.sinceMs;
      if (down.detail === undefined && forMs < limits.handshakeTimeoutMs) continue;
      sum.why ??= down.detail;
      sum.down += names.size;
      if (names.size > 0) sum.longestMs = Math.max(sum.longestMs, forMs);
    }
    return sum;
  };
  const outageInWords = (): string => {
    const { open, down, wanted, why = 'no connection yet' } = outage();
    return `${down} of ${wanted} streams are down, with ${places.size - open} of ${places.size} connections: ${why}`;
  };
  const notice = createOutageNotice(clock, log);
  /** Places of which streams had no connection since all had one. */
  const missing = new Set<ConnectionSlot>();
  const lookForOutage = () => {
    for (const slot of places.keys()) if (slot.down && slot.names.size > 0) missing.add(slot);
    const { longestMs } = outage();
    const isBack = () => [...missing].some(({ down, names }) => !down && names.size > 0);
    notice.look(longestMs, outageInWords, { isBack, isRefused: deps.gate.refusal !== undefined });
    if (longestMs === 0) missing.clear();
  };
  const check = clock.every(checkPeriodMs, () => {
    lookForOutage();
    for (const slot of places.keys()) {
      slot.checkSilence();
      const emptyMs = emptySinceMs.get(slot);
      if (emptyMs === undefined || clock.monotonic() - emptyMs < limits.idleCloseMs) continue;
      emptySinceMs.delete(slot);
      places.delete(slot);
      log.info('closing a connection to the exchange that carries nothing');
      void slot.close();
      if (![...places.keys()].some(({ down }) => down)) deps.noneMissing?.();
    }
  });

  return {
    want: (name) => {
      if (slotOf.has(name)) return true;
      const slot = roomFor();
      if (!slot) return false;
      slotOf.set(name, slot);
      emptySinceMs.delete(slot);
      slot.add(name);
      return true;
    },
    unwant: (name) => {
      const slot = slotOf.get(name);
      slotOf.delete(name);
      slot?.remove(name);
      if (slot && !slot.names.size) emptySinceMs.set(slot, clock.monotonic());
    },
    renew: (name) => slotOf.get(name)?.renew(name),
    replace: (name) => slotOf.get(name)?.rotate('stalled-stream'),
    get connections() {
      let open = 0;
      for (const slot of places.keys()) if (!slot.down) open += 1;
      return { open, wanted: places.size };
    },
    get streams() {
      const { down, wanted } = outage();
      return { down, wanted };
    },
    get fault() {
      const { open, down, wanted, longestMs, why } = outage();
      if (places.size > 0 && open === 0) return why ?? 'not connected yet';
      const isTooMuch = down > wanted * limits.toleratedDownShare || longestMs >= limits.toleratedDownMs;
      return isTooMuch ? outageInWords() : undefined;
    },
    get degraded() {
      return outage().down > 0 ? outageInWords() : undefined;
    },
    newestAgesMs: () => {
      const ages = new Map<number, number>();
      for (const [slot, place] of places) if (slot.newestAgeMs !== undefined) ages.set(place, slot.newestAgeMs);
      return ages;
    },
    close: async () => {
      check.cancel();
      await Promise.all([...places.keys()].map((slot) => slot.close()));
    },
  };
};
