import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findPostgresBinaries, type PostgresBinaries } from './test-binaries.js';

/** A real PostgreSQL server of this test's own. */
export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** For people: which binaries it runs. */
  readonly origin: string;
  createDatabase(name: string): Promise<void>;
  /** Kills it as `kill -9` would, keeping its port and data. */
  crash(): Promise<void>;
  /** Starts it again after `crash`. */
  restart(): Promise<void>;
  /** Stops it and removes its data. Idempotent. */
  close(): Promise<void>;
}

const readyTimeoutMs = 20_000;
const pollMs = 50;

/**
 * Starts a server with a new data folder on a free port of 127.0.0.1. It also ends, and its folder goes, when this process is
 * killed. Undefined, after a line that says so, where no PostgreSQL is to be had; in CI that is an error.
 */
export const startTestPostgres = async (): Promise<TestPostgres | undefined> => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-postgres-'));
  let why = 'no PostgreSQL binaries were found';
  try {
    chmodSync(folder, 0o755);
    const binaries = findPostgresBinaries(folder);
    if (binaries) return await start(folder, binaries);
  } catch (err) {
    rmSync(folder, { recursive: true, force: true });
    if (!(err instanceof Error && 'code' in err && err.code === 'EACCES')) throw err;
    why = `the user that PostgreSQL would run as may not use its binaries (${err.message})`;
  }
  rmSync(folder, { recursive: true, force: true });
  const message = `NOT COVERED: ${why}, so nothing was tested against a real PostgreSQL server.`;
  if (process.env.CI) throw new Error(message);
  console.warn(message);
  return undefined;
};

/** PostgreSQL refuses to run as root; then it runs as `postgres`, or `nobody`. */
const serverUser = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return user ? { uid: Number(user[2]), gid: Number(user[3]) } : undefined;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(bound !== null && typeof bound === 'object' ? bound.port : 0));
    });
  });

/** Runs the server until its own input ends, which the kernel sees to when the test's process dies; then stops it and cleans up. */
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

const start = async (folder: string, binaries: PostgresBinaries): Promise<TestPostgres> => {
  const owner = serverUser();
  const as = { ...owner, env: { ...process.env, ...binaries.env, LC_ALL: 'C' }, cwd: folder };
  const user = 'tickfolio';
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  mkdirSync(join(folder, 'data'));
  if (owner) for (const path of [folder, passwordFile, join(folder, 'data')]) chownSync(path, owner.uid, owner.gid);
  const settings = [
    '-D',
    join(folder, 'data'),
    '-U',
    user,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--no-locale',
    '-N',
  ];
  await promisify(execFile)(join(binaries.folder, 'initdb'), settings, as);
  const port = await freePort();
  const host = '127.0.0.1';

  const run = () => {
    const child = spawn('sh', ['-c', keeper, 'keeper', join(binaries.folder, 'postgres'), folder, String(port)], {
      ...as,
      detached: true, // Ctrl-C reaches the test only, which then lets go of the input.
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.unref();
    const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
    return {
      end: (how: 'crash' | 'stop') => {
        child.ref();
        child.stdin.end(`${how}\n`);
        return ended;
      },
    };
  };
  const withClient = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
    const client = new pg.Client({ host, port, user, password, database: 'postgres', connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const ready = async () => {
    const giveUpMs = Date.now() + readyTimeoutMs;
    for (;;) {
      try {
        await withClient((client) => client.query('select 1'));
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
    createDatabase: (name) => withClient(async (client) => void (await client.query(`create database "${name.replaceAll('"', '""')}"`))),
    crash: () => server.end('crash'),
    restart: async () => {
      server = run();
      await ready();
    },
    close,
  };
};
