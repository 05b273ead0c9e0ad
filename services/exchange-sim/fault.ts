import { z } from '@tickfolio/lib/config';
import { symbolStatuses } from './symbols.js';

const ms = z.number().int().min(1).max(86_400_000);
const symbol = z.string().min(1).max(40);
const count = z.number().int().min(1).max(1_000_000);
const target = {
  /** Only this stream; without it all of them. */
  stream: z.string().min(1).max(100).optional(),
  /** Only the connection with this number; without it all of them. */
  connection: z.number().int().min(1).optional(),
};
/** Which frames: the next `count`, and of those each with `probability`; for `forMs`, or until cleared. */
const share = { ...target, count: count.optional(), probability: z.number().min(0).max(1).optional(), forMs: ms.optional() };

/** One misbehaviour, as `POST /sim/faults` and the program take it. Times are milliseconds. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop'), ...share }),
  z.strictObject({ kind: z.literal('duplicate'), ...share }),
  z.strictObject({ kind: z.literal('reorder'), ...share }),
  z.strictObject({ kind: z.literal('stall'), mode: z.enum(['hold', 'lose']).default('hold'), ...target, forMs: ms }),
  z.strictObject({
    kind: z.literal('close'),
    connection: target.connection,
    /** Close code; without it the TCP connection is cut without a word. */
    code: z.number().int().min(1000).max(4999).optional(),
    reason: z.string().max(100).optional(),
  }),
  z.strictObject({ kind: z.literal('shutdown'), connection: target.connection, afterMs: ms.default(10_000) }),
  z.strictObject({
    kind: z.literal('refuse'),
    /** HTTP status of the refusal; `reset` breaks the TCP connection instead. */
    status: z.union([z.literal(451), z.literal(403), z.literal(429), z.literal(503), z.literal('reset')]).default(503),
    scope: z.enum(['ws', 'rest', 'all']).default('ws'),
    forMs: ms,
  }),
  z.strictObject({ kind: z.literal('slowPong'), delayMs: ms, forMs: ms.optional() }),
  z.strictObject({ kind: z.literal('noPing'), forMs: ms.optional() }),
  z.strictObject({
    kind: z.literal('rest'),
    /** Answer with this status; without it the real answer comes, only late. */
    status: z.number().int().min(400).max(599).optional(),
    delayMs: ms.optional(),
    count: count.default(1),
    /** Only paths that end so, such as `aggTrades`. */
    path: z.string().max(100).optional(),
  }),
  z.strictObject({
    kind: z.literal('clock'),
    /** How far ahead the exchange's clock is, as its REST interface shows it; below 0 it is behind. */
    byMs: z.number().int().min(-31_536_000_000).max(31_536_000_000),
    forMs: ms.optional(),
  }),
  z.strictObject({ kind: z.literal('status'), symbol, status: z.enum(symbolStatuses) }),
  z.strictObject({ kind: z.literal('maintenance'), forMs: ms.optional() }),
  z.strictObject({ kind: z.literal('delist'), symbol }),
  z.strictObject({ kind: z.literal('list'), symbol, status: z.enum(symbolStatuses).default('TRADING') }),
]);

export type FaultInput = z.input<typeof faultSchema>;
export type Fault = z.output<typeof faultSchema>;
export type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

/** A fault at work. */
export interface ActiveFault {
  readonly id: number;
  readonly fault: Fault;
  /** Frames or requests it has touched so far. */
  readonly hits: number;
}

/** The faults in words, for `--help`. */
export const faultHelp = `Faults (POST /sim/faults with one JSON object or a list; GET lists those at work; DELETE clears them all, DELETE /sim/faults/<id> one):
  {"kind":"drop"}       lose frames      \\  of "stream" (default all) on "connection" (default all): the next "count", each with
  {"kind":"duplicate"}  send them twice   } "probability", for "forMs" (default until cleared; with none of the three: every frame)
  {"kind":"reorder"}    swap neighbours  /
  {"kind":"stall","forMs":5000,"mode":"hold"}   withhold frames, then send them late; "mode":"lose" never sends them; "stream", "connection"
  {"kind":"close","code":1012}                  close all connections, or "connection"; without "code" cut the TCP connection
  {"kind":"shutdown","afterMs":10000}           announce serverShutdown, then close
  {"kind":"refuse","forMs":5000,"status":451}   refuse new connections with 451, 403, 429, 503 or "reset"; "scope": "ws", "rest", "all"
  {"kind":"slowPong","delayMs":5000}            answer pings late, for "forMs"
  {"kind":"noPing","forMs":60000}               send no pings
  {"kind":"rest","status":503,"count":3}        fail (and/or delay by "delayMs") the next requests, of "path" (such as "aggTrades") only
  {"kind":"clock","byMs":90000}                 let /api/v3/time be off by so much (below 0: behind), for "forMs" (default until cleared)
  {"kind":"status","symbol":"btcusdt","status":"BREAK"}   change a symbol's status: TRADING, HALT, BREAK
  {"kind":"maintenance","forMs":60000}          nothing trades and every symbol is listed as BREAK, for "forMs" or until cleared
  {"kind":"delist","symbol":"btcusdt"}          take a symbol off the list
  {"kind":"list","symbol":"newusdt"}            list a symbol, one that was taken off or any new one (at about 1 US dollar); "status"`;
