import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { type ServerProcess, startServerProcess } from './server-process.js';

/** A real Redis server of a test's own; what it held is gone when it is killed. */
export interface TestRedis extends ServerProcess {
  readonly host: string;
}

const host = '127.0.0.1';
const startTimeoutMs = 60_000;
const pollMs = 10;

const isAnswering = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectSocket({ host, port, timeout: 5_000 });
    const finish = (well: boolean) => {
      socket.destroy();
      resolve(well);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });

const isInstalled = (): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn('redis-server', ['--version'], { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });

/**
 * Starts `redis-server` from the PATH on a free port, keeping nothing on disk.
 * @param more further settings, as on its command line
 * @returns undefined, with a line on standard error, when it is not installed; in CI (`CI` set) that is an error.
 */
export const startTestRedis = async (more: readonly string[] = []): Promise<TestRedis | undefined> => {
  if (!(await isInstalled())) {
    const sentence =
      'redis-server is not installed, so nothing was tested against real Redis here (Debian: apt-get install redis-server)';
    if (process.env.CI) throw new Error(sentence);
    process.stderr.write(`NOT COVERED: ${sentence}\n`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-redis-'));
  const settingsOf = (port: number) => ({
    bind: host,
    port,
    save: '',
    appendonly: 'no',
    dir: folder,
    daemonize: 'no',
    loglevel: 'warning',
  });
  const server = await startServerProcess({
    name: 'redis-server',
    folder,
    prepare: freePort,
    spawn: (port) => {
      const given = Object.entries(settingsOf(port)).flatMap(([name, value]) => [`--${name}`, String(value)]);
      return spawn('redis-server', [...given, ...more], { stdio: 'ignore' });
    },
    isAnswering,
    startTimeoutMs,
    pollMs,
  });
  return { ...server, host };
};
