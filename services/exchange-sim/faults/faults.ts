import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import { createRandom } from '../market/random.js';
import type { Frame } from '../streams/frame.js';
import type { Subscriber } from '../streams/stream-hub.js';
import { createAlteredTrades } from './alteration.js';
import { type ActiveFault, type Fault, type FaultInput, type FaultOf, faultSchema } from './fault.js';
import { createFrameFault, type FrameFault, type FrameFaultKind } from './frame-faults.js';

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
  /**
   * @returns false when no such symbol is listed. @throws AppError failed_precondition where trades are recorded ones.
   */
  renumber(fault: FaultOf<'renumber'>): boolean;
  /** @param perSecond undefined: as lively as it is by itself. Otherwise as `renumber` */
  setRate(symbol: string, perSecond: number | undefined): boolean;
}

/** What a connection does with a control message instead of what it asks for. */
export interface ControlFault {
  readonly code: number;
  readonly msg: string;
}

/** Misbehaviour on command. */
export interface Faults {
  /**
   * Starts a fault. Commands (close, shutdown, status, delist, list) act at once and leave nothing at work.
   * @throws AppError invalid_argument (not a fault), not_found (unknown symbol), failed_precondition (listed already),
   * resource_exhausted (too many at work).
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
  /** A row of the history as it is shown. @param symbol in upper case */
  row(symbol: string, id: number, text: string): string;
  /** What becomes of a REST request now, if anything; counts it. */
  rest(path: string): FaultOf<'rest'> | undefined;
  /** How late a page of a symbol's trades comes, milliseconds; counts it. @param symbol in upper case */
  pageDelayMs(symbol: string): number;
  /**
   * How old a symbol's trades are when they come into the history, milliseconds; counts the page. @param symbol in
   * upper case
   */
  historyLagMs(symbol: string): number;
  /** Why a control message is refused now, if it is; counts it. @param streams those it names */
  control(connection: number, method: string, streams: readonly string[]): ControlFault | undefined;
  /** Whether a connection neither answers nor pings. */
  isMute(connection: number): boolean;
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

/** Whether a fault is about a symbol (upper case), or a connection; one that names none is about all. */
const isOf = (symbol: string) => (fault: { readonly symbol?: string | undefined }) =>
  (fault.symbol?.toUpperCase() ?? symbol) === symbol;
const isOn = (connection: number) => (fault: { readonly connection?: number | undefined }) =>
  (fault.connection ?? connection) === connection;

interface Entry {
  readonly id: number;
  readonly fault: Fault;
  readonly frames: FrameFault | undefined;
  readonly timer: Timer | undefined;
  /** Requests a rest fault has touched. */
  requests: number;
}

const frameFaults: ReadonlySet<string> = new Set<FrameFaultKind>([
  'drop',
  'duplicate',
  'reorder',
  'stall',
  'alter',
  'skew',
  'wrongId',
]);
const isOnFrames = (fault: Fault): fault is FaultOf<FrameFaultKind> => frameFaults.has(fault.kind);

export const createFaults = ({ clock, log, targets }: FaultsDeps, seed: string): Faults => {
  const random = createRandom(`faults ${seed}`);
  const entries = new Map<number, Entry>();
  const altered = createAlteredTrades();
  let nextId = 1;
  const view = ({ id, fault, frames, requests }: Entry): ActiveFault => ({ id, fault, hits: frames?.hits ?? requests });
  const find = <K extends Fault['kind']>(
    kind: K,
    fits: (fault: FaultOf<K>) => boolean = () => true,
  ): Entry | undefined => {
    for (const entry of entries.values())
      if (entry.fault.kind === kind && fits(entry.fault as FaultOf<K>)) return entry;
    return undefined;
  };

  const remove = (id: number): boolean => {
    const entry = entries.get(id);
    if (!entry) return false;
    entries.delete(id);
    entry.timer?.cancel();
    entry.frames?.end();
    if (entry.fault.kind === 'maintenance' && !find('maintenance')) targets.setMaintenance(false);
    if (entry.fault.kind === 'busy') {
      const other = find('busy', isOf(entry.fault.symbol.toUpperCase()))?.fault;
      targets.setRate(entry.fault.symbol, other?.kind === 'busy' ? other.perSecond : undefined);
    }
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
    if (fault.kind === 'status') demand(fault.symbol, targets.setStatus(fault));
    else if (fault.kind === 'delist') demand(fault.symbol, targets.delist(fault));
    else if (fault.kind === 'renumber') demand(fault.symbol, targets.renumber(fault));
    else return undefined;
    return 1;
  };
  const demand = (symbol: string, found: boolean) => {
    if (!found) throw new AppError('not_found', `No symbol "${symbol}" is listed.`);
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
    if (entries.size >= maxActiveFaults)
      throw new AppError('resource_exhausted', `At most ${maxActiveFaults} faults can be at work.`);
    const frames = isOnFrames(fault)
      ? createFrameFault(fault, { clock, random, deliver: (subscriber, frame) => subscriber.send(frame), altered })
      : undefined;
    if (fault.kind === 'busy') demand(fault.symbol, targets.setRate(fault.symbol, fault.perSecond));
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
      altered.clear();
    },
    list: () => [...entries.values()].map(view),
    route: (subscriber, frame) => {
      if (entries.size === 0) {
        subscriber.send(frame);
        return;
      }
      let going: readonly Frame[] = [frame];
      for (const { frames } of entries.values())
        if (frames) going = going.flatMap((one) => frames.pass(subscriber, one));
      for (const one of going) subscriber.send(one);
      for (const entry of [...entries.values()]) if (entry.frames?.isDone) remove(entry.id);
    },
    row: altered.row,
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
    pageDelayMs: (symbol) => {
      const entry = find('pageDelay', isOf(symbol));
      if (entry?.fault.kind !== 'pageDelay') return 0;
      entry.requests++;
      return entry.fault.delayMs;
    },
    historyLagMs: (symbol) => {
      const entry = find('historyLag', isOf(symbol));
      if (entry?.fault.kind !== 'historyLag') return 0;
      entry.requests++;
      return entry.fault.byMs;
    },
    control: (connection, method, streams) => {
      const refused = (fault: FaultOf<'refuseStream'>) => method === 'SUBSCRIBE' && streams.includes(fault.stream);
      const entry =
        find('controlError', isOn(connection)) ??
        find('refuseStream', (fault) => isOn(connection)(fault) && refused(fault));
      if (!entry || (entry.fault.kind !== 'controlError' && entry.fault.kind !== 'refuseStream')) return undefined;
      entry.requests++;
      const { fault } = entry;
      if (fault.kind === 'controlError' && entry.requests >= (fault.count ?? Number.POSITIVE_INFINITY))
        remove(entry.id);
      return { code: fault.code, msg: fault.msg };
    },
    isMute: (connection) => find('stall', (fault) => fault.control && isOn(connection)(fault)) !== undefined,
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
