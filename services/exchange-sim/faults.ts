import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import { type ActiveFault, type Fault, type FaultInput, type FaultOf, faultSchema } from './fault.js';
import type { Frame } from './frame.js';
import { createFrameFault, type FrameFault } from './frame-faults.js';
import { createRandom } from './random.js';
import type { Subscriber } from './stream-hub.js';

/** What commands act on; the simulator's own parts. */
export interface FaultTargets {
  /** @returns how many connections there were to close. */
  close(fault: FaultOf<'close'>): number;
  shutdown(fault: FaultOf<'shutdown'>): number;
  /** @returns false when no such symbol is listed. */
  setStatus(fault: FaultOf<'status'>): boolean;
  setMaintenance(on: boolean): void;
  /** @returns false when no such symbol is listed. */
  delist(fault: FaultOf<'delist'>): boolean;
  /** @throws AppError invalid_argument, failed_precondition when it is listed already. */
  list(fault: FaultOf<'list'>): void;
}

/** Misbehaviour on command. */
export interface Faults {
  /**
   * Starts a fault. Commands (close, shutdown, status, delist, list) act at once and leave nothing at work.
   * @throws AppError invalid_argument (not a fault), not_found (unknown symbol), failed_precondition (listed already), resource_exhausted
   * (too many at work).
   */
  add(fault: FaultInput): ActiveFault;
  /** Ends one, letting go of what it withheld; false when it is not at work. */
  remove(id: number): boolean;
  clear(): void;
  list(): readonly ActiveFault[];
  /** Sends a frame through the faults at work. */
  route(subscriber: Subscriber, frame: Frame): void;
  /** How a new connection or request is refused now, if at all. */
  refusal(scope: 'ws' | 'rest'): FaultOf<'refuse'>['status'] | undefined;
  /** What becomes of a REST request now, if anything; counts it. */
  rest(path: string): FaultOf<'rest'> | undefined;
  /** How far ahead the clock is that REST shows, milliseconds. */
  readonly clockOffsetMs: number;
  readonly pings: { readonly silent: boolean; readonly answerDelayMs: number };
}

export interface FaultsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly targets: FaultTargets;
}

const maxActiveFaults = 100;

interface Entry {
  readonly id: number;
  readonly fault: Fault;
  readonly frames: FrameFault | undefined;
  readonly timer: Timer | undefined;
  /** Requests a rest fault has touched. */
  requests: number;
}

export const createFaults = ({ clock, log, targets }: FaultsDeps, seed: string): Faults => {
  const random = createRandom(`faults ${seed}`);
  const entries = new Map<number, Entry>();
  let nextId = 1;
  const view = ({ id, fault, frames, requests }: Entry): ActiveFault => ({ id, fault, hits: frames?.hits ?? requests });
  const find = <K extends Fault['kind']>(kind: K, fits: (fault: FaultOf<K>) => boolean = () => true): Entry | undefined => {
    for (const entry of entries.values()) if (entry.fault.kind === kind && fits(entry.fault as FaultOf<K>)) return entry;
    return undefined;
  };

  const remove = (id: number): boolean => {
    const entry = entries.get(id);
    if (!entry) return false;
    entries.delete(id);
    entry.timer?.cancel();
    entry.frames?.end();
    if (entry.fault.kind === 'maintenance' && !find('maintenance')) targets.setMaintenance(false);
    log.info({ fault: entry.fault, hits: view(entry).hits }, 'fault ended');
    return true;
  };

  /** Acts at once; undefined when the fault is one that stays. */
  const command = (fault: Fault): number | undefined => {
    if (fault.kind === 'close') return targets.close(fault);
    if (fault.kind === 'shutdown') return targets.shutdown(fault);
    if (fault.kind === 'list') {
      targets.list(fault);
      return 1;
    }
    if (fault.kind !== 'status' && fault.kind !== 'delist') return undefined;
    const found = fault.kind === 'status' ? targets.setStatus(fault) : targets.delist(fault);
    if (!found) throw new AppError('not_found', `No symbol "${fault.symbol}" is listed.`);
    return 1;
  };

  const add = (input: FaultInput): ActiveFault => {
    const parsed = faultSchema.safeParse(input);
    if (!parsed.success) {
      const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'fault'}: ${issue.message}`);
      throw new AppError('invalid_argument', `Not a fault: ${reasons.join('; ')}.`);
    }
    const fault = parsed.data;
    const id = nextId++;
    const hits = command(fault);
    log.info({ fault, hits }, 'fault started');
    if (hits !== undefined) return { id, fault, hits };
    if (entries.size >= maxActiveFaults) throw new AppError('resource_exhausted', `At most ${maxActiveFaults} faults can be at work.`);
    const isOnFrames = fault.kind === 'drop' || fault.kind === 'duplicate' || fault.kind === 'reorder' || fault.kind === 'stall';
    const frames = isOnFrames
      ? createFrameFault(fault, { clock, random, deliver: (subscriber, frame) => subscriber.send(frame) })
      : undefined;
    const forMs = 'forMs' in fault ? fault.forMs : undefined;
    const timer = forMs === undefined ? undefined : clock.after(forMs, () => remove(id));
    const entry: Entry = { id, fault, frames, timer, requests: 0 };
    entries.set(id, entry);
    if (fault.kind === 'maintenance') targets.setMaintenance(true);
    return view(entry);
  };

  return {
    add,
    remove,
    clear: () => {
      for (const id of [...entries.keys()]) remove(id);
    },
    list: () => [...entries.values()].map(view),
    route: (subscriber, frame) => {
      if (entries.size === 0) {
        subscriber.send(frame);
        return;
      }
      let going: readonly Frame[] = [frame];
      for (const { frames } of entries.values()) if (frames) going = going.flatMap((one) => frames.pass(subscriber, one));
      for (const one of going) subscriber.send(one);
      for (const entry of [...entries.values()]) if (entry.frames?.isDone) remove(entry.id);
    },
    refusal: (scope) => {
      const entry = find('refuse', (fault) => fault.scope === scope || fault.scope === 'all');
      if (!entry) return undefined;
      entry.requests++;
      return entry.fault.kind === 'refuse' ? entry.fault.status : undefined;
    },
    rest: (path) => {
      const entry = find('rest', (fault) => fault.path === undefined || path.endsWith(fault.path));
      if (entry?.fault.kind !== 'rest') return undefined;
      entry.requests++;
      if (entry.requests >= entry.fault.count) remove(entry.id);
      return entry.fault;
    },
    get clockOffsetMs() {
      const fault = find('clock')?.fault;
      return fault?.kind === 'clock' ? fault.byMs : 0;
    },
    pings: {
      get silent() {
        return find('noPing') !== undefined;
      },
      get answerDelayMs() {
        const fault = find('slowPong')?.fault;
        return fault?.kind === 'slowPong' ? fault.delayMs : 0;
      },
    },
  };
};
