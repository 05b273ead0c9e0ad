import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';

/** A real PostgreSQL server of this test's own. */
export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** For people: which binaries it runs. */
  readonly origin: string;
  /** @param how what CREATE DATABASE takes besides the name */
  createDatabase(name: string, how?: string): Promise<void>;
  /** Runs a statement as the server's own user. @param database default `postgres` */
  query<Row extends pg.QueryResultRow>(text: string, database?: string): Promise<Row[]>;
  /**
   * Starts a server that follows this one and takes no changes until it is told to: `select pg_promote()`.
   * @returns undefined, after a line that says so, where these binaries cannot copy a server; in CI that is an error
   */
  startStandby(): Promise<TestPostgres | undefined>;
  /** Kills it as `kill -9` would, keeping its port and data. */
  crash(): Promise<void>;
  /** Starts it again after `crash`. */
  restart(): Promise<void>;
  /** Stops it and removes its data. Idempotent. */
  close(): Promise<void>;
}

/** For `openServerPostgres`, where that is not what a test is about: a busy machine takes a while for anything. */
export const patience = { connectTimeoutMs: 30_000, statementTimeoutMs: 60_000 };
const readyTimeoutMs = 60_000;
const pollMs = 50;

/**
 * Starts a server with a new data folder on a free port of 127.0.0.1. It also ends, and its folder goes, when this
 * process is killed. Undefined, after a line that says so, where no PostgreSQL is to be had; in CI that is an error.
 */
export const startTestPostgres = async (): Promise<TestPostgres | undefined> => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-postgres-'));
  let why = 'no PostgreSQL binaries were found';
  try {
    chmodSync(folder, 0o755);
    const binaries = findPostgresBinaries(folder);
    if (binaries) return await start(folder, binaries, initialize, randomBytes(12).toString('hex'));
  } catch (err) {
    rmSync(folder, { recursive: true, force: true });
    if (!(err instanceof Error && 'code' in err && err.code === 'EACCES')) throw err;
    why = `the user that PostgreSQL would run as may not use its binaries (${err.message})`;
  }
  rmSync(folder, { recursive: true, force: true });
  notCovered(`${why}, so nothing was tested against a real PostgreSQL server`);
  return undefined;
};

/** @throws Error in CI, where everything is covered */
export const notCovered = (words: string) => {
  const message = `NOT COVERED: ${words}.`;
  if (process.env.CI) throw new Error(message);
  console.warn(message);
};

let shared: Promise<TestPostgres | undefined> | undefined;

/**
 * One for all test files of a process, which run one after another, each with databases and roles of its own. It ends
 * with the process, and stays as it is: who crashes it or changes its settings starts another.
 */
export const shareTestPostgres = (): Promise<TestPostgres | undefined> => {
  shared ??= startTestPostgres();
  return shared;
};

/** PostgreSQL and its pooler refuse to run as root; then they run as `postgres`, or `nobody`. */
export const serverUser = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return user ? { uid: Number(user[2]), gid: Number(user[3]) } : undefined;
};

export const host = '127.0.0.1';

/** @returns the free port of 127.0.0.1 that it listens on from now on */
export const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const bound = server.address();
      resolve(bound !== null && typeof bound === 'object' ? bound.port : 0);
    });
  });

/**
 * Runs the server until its own input ends, which the kernel sees to when the test's process dies; then stops it and
 * cleans up.
 */
const keeper = `
"$1" -D "$2/data" -p "$3" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c full_page_writes=off \
  -c synchronous_commit=off -c max_connections=200 -c shared_buffers=32MB >>"$2/log" 2>&1 </dev/null &
server=$!
read -r how
case "$how" in
  crash) kill -9 $server; wait $server 2>/dev/null ;;
  *) kill -INT $server; wait $server; cd /; rm -rf "$2" ;;
esac
`;

const user = 'tickfolio';

interface DataFolder {
  readonly folder: string;
  readonly password: string;
  /** Runs a program of PostgreSQL's as the user that the server runs as. */
  readonly run: (program: string, args: readonly string[]) => Promise<unknown>;
  /** Makes files and folders that user's. */
  readonly give: (...paths: readonly string[]) => void;
}

const initialize = async ({ folder, password, run, give }: DataFolder) => {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  mkdirSync(join(folder, 'data'));
  give(folder, passwordFile, join(folder, 'data'));
  const access = ['-U', user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  await run('initdb', ['-D', join(folder, 'data'), ...access, '-E', 'UTF8', '--no-locale', '-N']);
};

const copyOf =
  (primaryPort: number) =>
  async ({ folder, password, run, give }: DataFolder) => {
    give(folder);
    const from = `host=${host} port=${primaryPort} user=${user} password=${password}`;
    await run('pg_basebackup', ['-D', join(folder, 'data'), '-d', from, '-R', '-c', 'fast', '-N']);
  };

const start = async (
  folder: string,
  binaries: PostgresBinaries,
  fill: (data: DataFolder) => Promise<void>,
  password: string,
): Promise<TestPostgres> => {
  const owner = serverUser();
  const as = { ...owner, env: { ...process.env, ...binaries.env, LC_ALL: 'C' }, cwd: folder };
  await fill({
    folder,
    password,
    run: (program, args) => promisify(execFile)(join(binaries.folder, program), args, as),
    give: (...paths) => {
      if (owner) for (const path of paths) chownSync(path, owner.uid, owner.gid);
    },
  });
  const port = await freePort();

  const run = () => {
    const child = spawn('sh', ['-c', keeper, 'keeper', join(binaries.folder, 'postgres'), folder, String(port)], {
      ...as,
      detached: true, // Ctrl-C reaches the test only, which then lets go of the input.
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.unref();
    (child.stdin as Socket).unref();
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    return {
      end: (how: 'crash' | 'stop') => {
        child.ref();
        child.stdin.end(`${how}\n`);
        return ended;
      },
    };
  };
  const query = async <Row extends pg.QueryResultRow>(text: string, database = 'postgres'): Promise<Row[]> => {
    const client = new pg.Client({ host, port, user, password, database, connectionTimeoutMillis: 10_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const ready = async () => {
    const giveUpMs = Date.now() + readyTimeoutMs;
    for (;;) {
      try {
        await query('select 1');
        return;
      } catch (err) {
        if (Date.now() > giveUpMs)
          throw new Error(`PostgreSQL did not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`, { cause: err });
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    }
  };
  let server = run();
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= server.end('stop').then(() => rmSync(folder, { recursive: true, force: true }));
    return closing;
  };
  try {
    await ready();
  } catch (err) {
    await close();
    throw err;
  }
  return {
    host,
    port,
    user,
    password,
    origin: binaries.origin,
    createDatabase: async (name, how = '') =>
      void (await query(`create database "${name.replaceAll('"', '""')}" ${how}`)),
    query,
    startStandby: async () => {
      if (!existsSync(join(binaries.folder, 'pg_basebackup'))) {
        notCovered(`${binaries.origin} has no pg_basebackup, so nothing was tested against a standby`);
        return undefined;
      }
      const place = mkdtempSync(join(tmpdir(), 'tickfolio-standby-'));
      chmodSync(place, 0o755);
      return start(place, binaries, copyOf(port), password);
    },
    crash: () => server.end('crash'),
    restart: async () => {
      server = run();
      await ready();
    },
    close,
  };
};
