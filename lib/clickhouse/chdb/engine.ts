import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from 'chdb';
import { type Clock, sleep } from '../../clock/clock.js';
import { noteOpened } from '../../embedded-store/embedded-store.js';
import { AppError } from '../../errors/errors.js';
import { lockFolder } from '../../folder-lock/folder-lock.js';
import { readFault } from '../error.js';
import { sqlText } from '../tab-separated.js';
import { analystRole, engineConfig } from './access.js';
import { hasDatabases } from './files.js';
import { insertRows } from './insert.js';
import { type ChdbPackage, loadChdb } from './package.js';
import { prepareFiles, setAsideParts, startFault } from './start.js';

/** One statement for the engine, with everything that is its own and stays with nobody after it. */
export interface EngineStatement {
  readonly sql: string;
  /** When the text names none. Default TabSeparated. */
  readonly format?: string;
  /** Rows for an INSERT, in the format that its text names last. */
  readonly body?: Buffer;
  readonly database?: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** As in ClickHouse's `param_<name>`: escaped like a field of TabSeparated. */
  readonly params?: Readonly<Record<string, string>>;
  /** Reads only, and only what an analyst may see. */
  readonly asAnalyst?: boolean;
}

/** The embedded ClickHouse of this process. */
export interface ChdbEngine {
  /** Its version, as `SELECT version()` tells it. */
  readonly version: string;
  /** The zone of a session that asks for no other (`session_timezone`). */
  readonly zone: string;
  /** The zone of the host, which `session_timezone=''` asks for. */
  readonly hostZone: string;
  /** Its own folder. */
  readonly data: string;
  /** What it could not read when it was opened, in words. */
  readonly setAside: readonly string[];
  /**
   * Runs one statement in a session of its own. When the signal aborts, the promise settles at once, the statement is
   * killed, and `ended` (not before) says that nothing of it runs any more.
   * @throws ClickHouseFault, or the signal's reason
   */
  run(statement: EngineStatement, signal?: AbortSignal): EngineRun;
  /** What the engine's own parser says of a text. */
  classify(sql: string): Promise<Classification>;
  /** Kills what runs, then closes. Idempotent. */
  close(): Promise<void>;
}

export interface EngineAnswer {
  readonly bytes: Buffer;
  readonly rows: number;
  readonly elapsedSeconds: number;
}

export interface EngineRun {
  readonly answer: Promise<EngineAnswer>;
  /** Settles when the engine is done with it; never rejects. */
  readonly ended: Promise<void>;
}

export interface Classification {
  /** 0 for a text that does not parse. */
  readonly statements: number;
  /** One statement that leaves no trace, inside or outside the engine. */
  readonly readOnly: boolean;
}

export interface ChdbEngineOptions {
  /** Made when missing. One process at a time, one folder per process. */
  readonly path: string;
  readonly clock: Clock;
  /**
   * Above this the engine refuses statements. It counts the memory of the whole process, so leave room for the others.
   * Default 4 GB.
   */
  readonly maxMemoryBytes?: number | undefined;
  /**
   * The zone in which times without one of their own are read and printed. Default UTC; another one is for tests, to be
   * a server elsewhere.
   */
  readonly zone?: string | undefined;
  /** For tests: how the packages are loaded. */
  readonly load?: (() => Promise<ChdbPackage>) | undefined;
}

const defaultMemoryBytes = 4_000_000_000;
/**
 * Whatever the host's zone is, and whether or not a table says its own: `now()` and times as text mean the same on
 * every machine.
 */
const defaultZone = 'UTC';
const killEveryMs = 100;
/** Value of the package's `QueryClass.ReadOnly`. */
const readOnlyClass = 0;

/**
 * Opens the engine on a folder, which it locks for this process.
 *
 * Statements run on libuv's threads, which file access and password hashing need too: a process with an engine should
 * start with UV_THREADPOOL_SIZE well above the number of statements that run at once.
 * @throws DamagedStoreError, NoRoomError, NoEngineError, and StartError when another process has the folder.
 */
export const openChdbEngine = async (options: ChdbEngineOptions): Promise<ChdbEngine> => {
  const { path, clock, maxMemoryBytes = defaultMemoryBytes, zone = defaultZone, load } = options;
  const { chdb, durable } = await loadChdb(load);
  const lock = await lockFolder(path, { clock });
  const data = join(path, 'data');
  let parser: InstanceType<ChdbPackage['durable']['ChdbNodeEngine']>;
  /** Keeps the engine up between statements, and kills them. */
  let keeper: Session;
  let version: string;
  let hostZone: string;
  let setAside: readonly string[];
  try {
    await prepareFiles(path, data);
    const config = join(path, 'engine.xml');
    writeFileSync(config, engineConfig(config, maxMemoryBytes, zone));
    keeper = new chdb.Session(data, { connectionArgs: [`--config-file=${config}`] });
    const known = keeper.query('SELECT version(), serverTimezone(), timezone()', 'TabSeparatedRaw').trim().split('\t');
    [version, hostZone] = [known[0] ?? '', known[1] ?? ''];
    if (known[2] !== zone) throw new Error(`its time zone is ${known[2]} and cannot be set to ${zone}`);
    parser = new durable.ChdbNodeEngine();
    await parser.start({ dataPath: data, backupsAllowedPath: join(path, 'no-backups') });
    setAside = setAsideParts(keeper);
    if (hasDatabases(data)) noteOpened(path, clock.now());
  } catch (err) {
    await lock.close();
    throw startFault(path, err);
  }

  let lastId = 0;
  let closing: Promise<void> | undefined;
  /** What runs, by its id. */
  const runs = new Map<string, Promise<void>>();
  const killOnce = (id: string) => {
    try {
      // On this thread, because all of libuv's may be busy with statements that should end.
      keeper.query(`KILL QUERY WHERE Settings['log_comment'] = ${sqlText(id)} ASYNC`, 'Null');
    } catch {
      // It has just ended by itself, or ends at its own time limit.
    }
  };
  /** A statement that has just been handed over is not known by its id yet, so one attempt may miss it. */
  const kill = async (id: string) => {
    while (runs.has(id)) {
      killOnce(id);
      await Promise.race([runs.get(id), sleep(clock, killEveryMs)]);
    }
  };
  const setUp = ({ settings = {}, params = {}, database, asAnalyst }: EngineStatement, id: string): string => {
    const set = { implicit_select: 0, ...settings, log_comment: id };
    const lines = Object.entries(set).map(
      ([name, value]) => `SET ${identifier(name)} = ${typeof value === 'number' ? value : sqlText(value)}`,
    );
    for (const [name, text] of Object.entries(params)) lines.push(`SET param_${identifier(name)} = ${sqlText(text)}`);
    if (database !== undefined) lines.push(`USE ${quotedIdentifier(database)}`);
    if (asAnalyst) lines.push(`SET ROLE ${analystRole}`, 'SET readonly = 1');
    return lines.join(';');
  };
  const execute = async (
    statement: EngineStatement,
    id: string,
    signal: AbortSignal | undefined,
  ): Promise<EngineAnswer> => {
    const session = new chdb.Session(data);
    try {
      await session.queryAsync(setUp(statement, id));
      signal?.throwIfAborted();
      if (closing) throw closedError();
      if (statement.body)
        return {
          bytes: Buffer.alloc(0),
          rows: 0,
          elapsedSeconds: await insertRows(session, statement.sql, statement.body),
        };
      const result = await session.queryAsync(statement.sql, { format: statement.format ?? 'TabSeparated' });
      const bytes = result.bytes();
      return {
        bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        rows: result.rowsRead,
        elapsedSeconds: result.elapsed,
      };
    } catch (err) {
      throw (err instanceof Error && readFault(err.message)) || err;
    } finally {
      session.close();
    }
  };

  return {
    version,
    zone,
    hostZone,
    data,
    setAside,
    run: (statement, signal) => {
      const refused = closing ? closedError() : undefined;
      if (refused || signal?.aborted)
        return { answer: Promise.reject(refused ?? signal?.reason), ended: Promise.resolve() };
      const id = `statement-${++lastId}`;
      const work = execute(statement, id, signal);
      const ended = work.then(
        () => undefined,
        () => undefined,
      );
      runs.set(id, ended);
      const answer = new Promise<EngineAnswer>((resolve, reject) => {
        const onAbort = () => {
          reject(signal?.reason);
          void kill(id);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        work.then(resolve, reject).finally(() => {
          signal?.removeEventListener('abort', onAbort);
          runs.delete(id);
        });
      });
      return { answer, ended };
    },
    classify: async (sql) => {
      const { statementCount, queryClass } = await parser.analyze(sql, 'default');
      return { statements: statementCount, readOnly: statementCount === 1 && queryClass === readOnlyClass };
    },
    close: () => {
      closing ??= (async () => {
        await Promise.all([...runs.keys()].map(kill));
        await parser.close();
        keeper.close();
        await chdb.drainPending();
        if (hasDatabases(data)) noteOpened(path, clock.now());
        await lock.close();
      })();
      return closing;
    },
  };
};

const closedError = () => new AppError('unavailable', 'ClickHouse: the embedded engine has been closed.');

const identifier = (name: string): string => {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`"${name}" is no name of a setting or a parameter`);
  return name;
};

const quotedIdentifier = (name: string): string => `\`${name.replace(/[\\`]/g, '\\$&')}\``;
