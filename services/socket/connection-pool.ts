import { createComplaint } from '@tickfolio/lib/telemetry';
import { ConnectionSlot, type SlotDeps } from './connection-slot.js';

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
  /** What keeps us from the exchange, in words; undefined when at least one connection is open or none is wanted. */
  readonly fault: string | undefined;
  close(): Promise<void>;
}

const checkPeriodMs = 1_000;
const complaintPeriodMs = 10_000;

export const createConnectionPool = (deps: Omit<SlotDeps, 'nextSource' | 'malformed'>): ConnectionPool => {
  const { clock, limits, log, metrics } = deps;
  const complain = createComplaint(clock, log, 'the exchange sends something that cannot be read', complaintPeriodMs);
  const malformed = (why: string) => {
    metrics.malformed(why);
    complain(why);
  };
  const slots = new Set<ConnectionSlot>();
  const slotOf = new Map<string, ConnectionSlot>();
  const emptySinceMs = new Map<ConnectionSlot, number>();
  let sources = 0;
  const nextSource = () => ++sources;

  const roomFor = (): ConnectionSlot | undefined => {
    for (const slot of slots) if (slot.names.size < limits.streamsPerConnection) return slot;
    if (slots.size >= limits.maxConnections) return undefined;
    const slot = new ConnectionSlot({ ...deps, nextSource, malformed });
    slots.add(slot);
    return slot;
  };
  const hasHeartbeat = (slot: ConnectionSlot): boolean => {
    for (const name of slot.names) if (name.endsWith('@miniTicker')) return true;
    return false;
  };
  const check = clock.every(checkPeriodMs, () => {
    for (const slot of slots) {
      slot.checkSilence(hasHeartbeat(slot));
      const emptyMs = emptySinceMs.get(slot);
      if (emptyMs === undefined || clock.monotonic() - emptyMs < limits.idleCloseMs) continue;
      emptySinceMs.delete(slot);
      slots.delete(slot);
      log.info('closing a connection to the exchange that carries nothing');
      void slot.close();
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
      for (const slot of slots) if (slot.isOpen) open += 1;
      return { open, wanted: slots.size };
    },
    get fault() {
      let fault: string | undefined;
      for (const slot of slots) {
        if (slot.isOpen) return undefined;
        fault ??= slot.fault ?? 'not connected yet';
      }
      return fault;
    },
    close: async () => {
      check.cancel();
      await Promise.all([...slots].map((slot) => slot.close()));
    },
  };
};
