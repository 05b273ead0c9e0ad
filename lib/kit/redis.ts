import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** A real Redis server of a test's own. */
export interface TestRedis {
  readonly host: string;
  readonly port: number;
  /** Ends the server at once (SIGKILL); what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
  /** Stops answering without closing a connection (SIGSTOP), as a hanging machine does. */
  freeze(): void;
  /** Goes on after `freeze`. */
  thaw(): void;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const startMs = 10_000;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectSocket({ host, port, timeout: 500 });
    const finish = (well: boolean) => {
      socket.destroy();
      resolve(well);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => finish(data.toString().startsWith('+PONG')));
    socket.once('timeout', () => finish(false));
    socket.once('error', () => finish(false));
  });

const whenAnswering = async (child: ChildProcess, port: number): Promise<void> => {
  const untilMs = performance.now() + startMs;
  while (performance.now() < untilMs) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`redis-server ended with ${child.exitCode ?? child.signalCode}`);
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`redis-server did not answer on port ${port} within ${startMs} ms`);
};

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
  let child: ChildProcess | undefined;
  let watchdog: ChildProcess | undefined;
  const endWithUs = () => void child?.kill('SIGKILL');
  process.once('exit', endWithUs);

  const launch = async (port: number) => {
    const settings = {
      bind: host,
      port,
      save: '',
      appendonly: 'no',
      dir: folder,
      daemonize: 'no',
      loglevel: 'warning',
    };
    const given = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    child = spawn('redis-server', [...given, ...more], { stdio: 'ignore' });
    // Ends the server also when this process is killed: then the pipe closes.
    watchdog = spawn('sh', ['-c', `cat >/dev/null; kill -9 ${child.pid}`], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    await whenAnswering(child, port);
  };
  const kill = async () => {
    const dying = child;
    child = undefined;
    watchdog?.kill('SIGKILL');
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await ended;
  };

  let port = 0;
  for (let attempt = 1; ; attempt++) {
    port = await freePort();
    try {
      await launch(port);
      break;
    } catch (err) {
      // Somebody else may have taken the port between the probe and the start.
      await kill();
      if (attempt === 3) throw err;
    }
  }
  return {
    host,
    port,
    kill,
    restart: async () => {
      await kill();
      await launch(port);
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close: async () => {
      await kill();
      process.off('exit', endWithUs);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
