import { type PGlite, parse, protocol } from '@electric-sql/pglite';
import type { Clock } from '../../../clock/clock.js';
import type { QueryResult } from './protocol.js';

/**
 * Statements that are asked again and again are understood once: of a short one, to read and to plan it takes PGlite
 * several times what it takes to run it.
 */
export interface Statements {
  /** @param schema the one that is looked into now: the same words mean something else in another */
  query(
    schema: string | undefined,
    text: string,
    params: readonly unknown[],
    rowMode: 'array' | 'object',
  ): Promise<QueryResult>;
}

export interface StatementsOptions {
  /** How many are kept; the one that was asked for longest ago goes. */
  readonly max: number;
  /** Longer ones are not kept: mostly they have many rows in them, and another number of them each time. */
  readonly maxLength: number;
  /**
   * How long one is kept. Its plan is made for tables as large as they were then, and nothing tells PGlite that one has
   * grown.
   */
  readonly maxAgeMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
}

type Messages = Awaited<ReturnType<PGlite['execProtocolStream']>>;

interface Kept {
  readonly name: string;
  readonly madeAtMs: number;
  /** OIDs, in the order of the parameters. */
  readonly types: readonly number[];
  /** What its columns are; empty where it has none. */
  readonly columns: Messages;
}

/** What reads or changes rows, or holds such together. The rest may be run in a way of its own. */
const usual = /^\s*(?:select|insert|update|delete|with|begin|commit|rollback)\b/i;
/** What tables are may be other afterwards. */
const changesTables = /^\s*(?:create|alter|drop)\b/i;

const { serialize } = protocol;

export const createStatements = (
  database: Pick<PGlite, 'query' | 'execProtocolStream' | 'runExclusive' | 'serializers' | 'parsers'>,
  { max, maxLength, maxAgeMs, clock }: StatementsOptions,
): Statements => {
  const kept = new Map<string, Kept>();
  /** What says that some are not kept any more, sent with whatever is asked next. */
  let closings: Uint8Array[] = [];
  let made = 0;

  /** Ends with a sync in any case: after an error nothing is answered before one. */
  const ask = (...messages: readonly Uint8Array[]): Promise<Messages> => {
    const all = Buffer.concat([...closings, ...messages, serialize.sync()]);
    closings = [];
    return database.execProtocolStream(all, { syncToFs: true });
  };
  const forget = (key: string): void => {
    const one = kept.get(key);
    if (!one) return;
    kept.delete(key);
    closings.push(serialize.close({ type: 'S', name: one.name }));
  };
  const make = async (text: string): Promise<Kept> => {
    const name = `s${made++}`;
    const said = await ask(serialize.parse({ name, text }), serialize.describe({ type: 'S', name }));
    return {
      name,
      madeAtMs: clock.monotonic(),
      types: parse.parseDescribeStatementResults(said),
      columns: said.filter((message) => message.name === 'rowDescription'),
    };
  };
  const find = async (key: string, text: string): Promise<Kept> => {
    const known = kept.get(key);
    if (known && clock.monotonic() - known.madeAtMs >= maxAgeMs) forget(key);
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= max && !kept.has(key)) forget(oldest);
    const found = kept.get(key) ?? (await make(text));
    // Behind all that were asked for before it.
    kept.delete(key);
    kept.set(key, found);
    return found;
  };
  const run = async (
    { name, types, columns }: Kept,
    params: readonly unknown[],
    rowMode: 'array' | 'object',
  ): Promise<QueryResult> => {
    const values = params.map((param, at) => {
      if (param === null || param === undefined) return null;
      const serializer = database.serializers[types[at] ?? 0];
      return serializer ? serializer(param) : String(param);
    });
    const said = await ask(serialize.bind({ statement: name, values }), serialize.execute({}));
    const [result] = parse.parseResults([...columns, ...said], database.parsers, { rowMode });
    return result ?? { rows: [], fields: [] };
  };
  const queryKept = async (key: string, text: string, params: readonly unknown[], rowMode: 'array' | 'object') => {
    try {
      return await run(await find(key, text), params, rowMode);
    } catch (err) {
      // What it names may be another thing by now.
      forget(key);
      throw err;
    }
  };
  return {
    query: async (schema, text, params, rowMode) => {
      if (usual.test(text) && text.length <= maxLength)
        return database.runExclusive(() => queryKept(`${schema ?? ''} ${text}`, text, params, rowMode));
      const result = await database.query(text, [...params], { rowMode });
      if (changesTables.test(text)) for (const key of [...kept.keys()]) forget(key);
      return result as QueryResult;
    },
  };
};
