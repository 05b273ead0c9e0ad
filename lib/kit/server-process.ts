import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

/** A real server of a test's own. It also ends, and its folder goes, when this process is killed. */
export interface ServerProcess {
  readonly port: number;
  /** Whether it was started and not killed since. */
  isRunning(): boolean;
  /** Ends it at once (SIGKILL); what it has on its disk stays. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with what it had on its disk. */
  restart(): Promise<void>;
  /** Stops answering without closing a connection (SIGSTOP), as a hanging machine does. */
  freeze(): void;
  /** Goes on after `freeze`. */
  thaw(): void;
  /** Ends it and removes its folder. Idempotent. */
  close(): Promise<void>;
}

export interface ServerProcessOptions {
  /** What errors call it. */
  readonly name: string;
  /** Of this server alone. */
  readonly folder: string;
  /** Makes ready what it needs in its folder. @returns a port that is free at the moment */
  prepare(): Promise<number>;
  spawn(port: number): ChildProcess;
  isAnswering(port: number): Promise<boolean>;
  /** What it said last, for the text of an error. */
  lastWords?(): string;
  readonly startTimeoutMs: number;
  readonly pollMs: number;
}

const maxAttempts = 3;
const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

const whenAnswering = async (child: ChildProcess, port: number, options: ServerProcessOptions): Promise<void> => {
  const { name, isAnswering, lastWords, startTimeoutMs, pollMs } = options;
  const failure = (what: string) => new Error(`${name} ${what}${lastWords ? `:\n${lastWords()}` : ''}`);
  const untilMs = performance.now() + startTimeoutMs;
  while (performance.now() < untilMs) {
    if (hasEnded(child)) throw failure(`ended with ${child.exitCode ?? child.signalCode}`);
    if (await isAnswering(port)) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw failure(`did not answer on port ${port} within ${startTimeoutMs} ms`);
};

/** @throws Error with what it said, where it does not serve in time */
export const startServerProcess = async (options: ServerProcessOptions): Promise<ServerProcess> => {
  const { folder, prepare } = options;
  let child: ChildProcess | undefined;
  let watchdog: ChildProcess | undefined;
  const endWithUs = () => void child?.kill('SIGKILL');
  process.once('exit', endWithUs);

  const launch = async (port: number) => {
    child = options.spawn(port);
    // Ends the server also when this process is killed: then the pipe closes.
    watchdog = spawn('sh', ['-c', `cat >/dev/null; kill -9 ${child.pid}; rm -rf "$0"`, folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    await whenAnswering(child, port, options);
  };
  const kill = async () => {
    const dying = child;
    child = undefined;
    watchdog?.kill('SIGKILL');
    if (!dying || hasEnded(dying)) return;
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await ended;
  };
  const close = async () => {
    await kill();
    process.off('exit', endWithUs);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (attempt = 1): Promise<number> => {
    try {
      const port = await prepare();
      await launch(port);
      return port;
    } catch (err) {
      if (attempt === maxAttempts) {
        await close();
        throw err;
      }
      // Somebody else may have taken the port between the probe and the start.
      await kill();
      return start(attempt + 1);
    }
  };
  const port = await start();
  return {
    port,
    isRunning: () => child !== undefined && !hasEnded(child),
    kill,
    restart: async () => {
      await kill();
      await launch(port);
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close,
  };
};
