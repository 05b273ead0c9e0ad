import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.js';
import { host, notCovered, serverUser, type TestPostgres } from './postgres.js';

/** A real PgBouncer of a test's own, before a server. */
export interface TestPgBouncer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

const startMs = 60_000;

const findProgram = (): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, 'pgbouncer'))
    .find(existsSync);

/** Runs it until our end of its input is closed, which the kernel sees to when the test's process dies. */
const keeper = `"$1" "$2" >/dev/null 2>&1 </dev/null & pooler=$!; read -r _; kill -TERM $pooler; wait $pooler`;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/**
 * Starts PgBouncer with its own defaults and nothing set but where it listens and what it stands before.
 * @param databases names at the server that it knows
 * @param settings further lines of its file, such as `pool_mode = transaction`
 * @returns undefined, after a line that says so, where it is not installed; in CI that is an error
 */
export const startTestPgBouncer = async (
  server: TestPostgres,
  databases: readonly string[],
  settings: readonly string[] = [],
): Promise<TestPgBouncer | undefined> => {
  const program = findProgram();
  if (program === undefined) {
    notCovered('pgbouncer is not installed, so nothing was tested behind it (Debian: apt-get install pgbouncer)');
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-pgbouncer-'));
  const port = await freePort();
  const [ini, users] = [join(folder, 'pgbouncer.ini'), join(folder, 'users.txt')];
  writeFileSync(users, `"${server.user}" "${server.password}"\n`);
  const listed = databases.map((name) => `${name} = host=${server.host} port=${server.port} dbname=${name}`);
  const own = [
    `listen_addr = ${host}`,
    `listen_port = ${port}`,
    'unix_socket_dir =',
    `logfile = ${join(folder, 'log')}`,
  ];
  const access = ['auth_type = scram-sha-256', `auth_file = ${users}`];
  writeFileSync(ini, ['[databases]', ...listed, '[pgbouncer]', ...own, ...access, ...settings, ''].join('\n'));
  const owner = serverUser();
  chmodSync(folder, 0o755);
  if (owner) for (const path of [folder, ini, users]) chownSync(path, owner.uid, owner.gid);
  const child = spawn('sh', ['-c', keeper, 'keeper', program, ini], {
    ...owner,
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  (child.stdin as Socket).unref();
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async () => {
    child.ref();
    child.stdin.end('\n');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const giveUpMs = performance.now() + startMs;
  while (!(await answers(port))) {
    if (performance.now() > giveUpMs) {
      const log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : 'nothing';
      await close();
      throw new Error(`PgBouncer did not start; it said:\n${log}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { host, port, close };
};
