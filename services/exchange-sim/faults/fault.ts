import { z } from '@tickfolio/lib/config';
import { symbolStatuses } from '../market/symbols.js';
import { alterations } from './alteration.js';

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
const share = {
  ...target,
  count: count.optional(),
  probability: z.number().min(0).max(1).optional(),
  forMs: ms.optional(),
};

/** One misbehaviour, as `POST /sim/faults` and the program take it. Times are milliseconds. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop'), ...share }),
  z.strictObject({ kind: z.literal('duplicate'), ...share }),
  z.strictObject({ kind: z.literal('reorder'), ...share }),
  z
    .strictObject({
      kind: z.literal('alter'),
      /** What becomes of the frames, and of their trades in the history. */
      as: z.enum(alterations),
      ...share,
      /** Only trades of the stream with these ids, also those of the past. */
      ids: z.array(z.number().int().min(0)).min(1).max(1_000).optional(),
      where: z.enum(['stream', 'history', 'both']).default('both'),
    })
    .refine(({ ids, stream }) => ids === undefined || stream !== undefined, {
      path: ['ids'],
      message: 'need the "stream" they are of',
    })
    .refine(({ ids, count, probability }) => ids === undefined || (count === undefined && probability === undefined), {
      path: ['ids'],
      message: 'say already which trades: no "count" and no "probability" beside them',
    }),
  z.strictObject({
    kind: z.literal('skew'),
    /** By how much times are wrong; below 0 they lie in the past. */
    byMs: z.number().int().min(-31_536_000_000).max(31_536_000_000),
    /** Which ones: of the trade (T), of the event (E), or both. */
    of: z.enum(['trade', 'event', 'both']).default('trade'),
    ...share,
  }),
  z.strictObject({
    kind: z.literal('wrongId'),
    /** By how much the ids of trades are wrong; below 0 they lie in the past. */
    by: z.number().int().min(-1_000_000_000_000).max(1_000_000_000_000),
    ...share,
  }),
  z.strictObject({
    kind: z.literal('stall'),
    mode: z.enum(['hold', 'lose']).default('hold'),
    ...target,
    forMs: ms,
    /**
     * The connections also answer nothing, neither control messages nor pings, and send no pings: as if the way there
     * were cut.
     */
    control: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('refuseStream'),
    stream: z.string().min(1).max(100),
    code: z.number().int().default(2),
    msg: z.string().max(200).default('Invalid request: invalid stream'),
    connection: target.connection,
    forMs: ms.optional(),
  }),
  z.strictObject({
    kind: z.literal('controlError'),
    code: z.number().int().default(-1_000),
    msg: z.string().max(200).default('Internal error; unable to process your request. Please try again.'),
    connection: target.connection,
    /** Only the next so many messages. */
    count: count.optional(),
    forMs: ms.optional(),
  }),
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
    kind: z.literal('pageDelay'),
    /** Each page of trades comes so late. */
    delayMs: ms,
    symbol: symbol.optional(),
    forMs: ms.optional(),
  }),
  z.strictObject({
    kind: z.literal('historyLag'),
    /** Trades younger than this are not in the history yet. */
    byMs: ms,
    symbol: symbol.optional(),
    forMs: ms.optional(),
  }),
  z.strictObject({
    kind: z.literal('busy'),
    symbol,
    /** Trades of the symbol in a second, on average, whatever the rest of the market does. */
    perSecond: z.number().min(0.001).max(2_000),
    forMs: ms.optional(),
  }),
  z.strictObject({
    kind: z.literal('renumber'),
    symbol,
    /** The next trade's id; its history begins anew with it. */
    from: z.number().int().min(0).max(1_000_000_000_000).default(1),
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
  {"kind":"alter","as":"zero-price"}            send what cannot be right, of frames as above, or of the trades "ids" (of one "stream"); shown in
      "where": "stream", "history" (REST), "both" (default; until all faults are cleared). "as": "zero-price", "bad-ids" (f and l -1),
      "hour-ahead", "microseconds", "id-leap" (a 99999999999999), "twelve-decimals", "escaped-name" (of the stream, as \\uXXXX),
      "never-traded" (a mini-ticker of zeros)
  {"kind":"skew","byMs":3600000}                send wrong times, of frames as above (trades also of the stream alone): "of": "trade" (T, default),
      "event" (E), "both"; below 0 in the past. The history is right
  {"kind":"wrongId","by":1000000}               send trades with wrong ids, of frames as above; below 0 in the past. The history is right
  {"kind":"renumber","symbol":"btcusdt","from":1}   count a symbol's trades anew from here on, on the connections as they are
  {"kind":"busy","symbol":"btcusdt","perSecond":300}   hundreds of trades a second on one symbol, for "forMs" (default until cleared)
  {"kind":"stall","forMs":5000,"mode":"hold"}   withhold frames, then send them late; "mode":"lose" never sends them; "stream", "connection";
      "control":true answers nothing else either, no message and no ping
  {"kind":"refuseStream","stream":"btcusdt@aggTrade"}   refuse to subscribe one stream, with "code" (2) and "msg", on "connection", for "forMs"
  {"kind":"controlError","count":3}             answer control messages with an error that passes, "code" (-1000) and "msg"; "connection", "forMs"
  {"kind":"close","code":1012}                  close all connections, or "connection"; without "code" cut the TCP connection
  {"kind":"shutdown","afterMs":10000}           announce serverShutdown, then close
  {"kind":"refuse","forMs":5000,"status":451}   refuse new connections with 451, 403, 429, 503 or "reset"; "scope": "ws", "rest", "all"
  {"kind":"slowPong","delayMs":5000}            answer pings late, for "forMs"
  {"kind":"noPing","forMs":60000}               send no pings
  {"kind":"rest","status":503,"count":3}        fail (and/or delay by "delayMs") the next requests, of "path" (such as "aggTrades") only
  {"kind":"pageDelay","delayMs":500}            let every page of trades come late, of "symbol" only, for "forMs" (default until cleared)
  {"kind":"historyLag","byMs":3000}             leave trades younger than this out of the history, of "symbol" only, for "forMs"
  {"kind":"clock","byMs":90000}                 let /api/v3/time be off by so much (below 0: behind), for "forMs" (default until cleared)
  {"kind":"status","symbol":"btcusdt","status":"BREAK"}   change a symbol's status: TRADING, HALT, BREAK
  {"kind":"maintenance","forMs":60000}          nothing trades and every symbol is listed as BREAK, for "forMs" or until cleared
  {"kind":"delist","symbol":"btcusdt"}          take a symbol off the list
  {"kind":"list","symbol":"newusdt"}            list a symbol, one that was taken off or any new one (at about 1 US dollar); "status"`;
