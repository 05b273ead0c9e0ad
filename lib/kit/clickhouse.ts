import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ClickHouse } from '../clickhouse/port.js';
import type { Address } from '../config/config.js';

/**
 * ClickHouse as a process of a test's own: the real engine behind ClickHouse's HTTP interface, with a data folder. What
 * it is not is ClickHouse's own server program: no replication, no native protocol, results are collected before they
 * are sent.
 */
export interface TestClickHouse {
  readonly address: Address;
  /** Ends it at once (SIGKILL). */
  kill(): Promise<void>;
  /** Starts it again on the same port and data; kills it before when it runs. */
  restart(): Promise<void>;
  /** Stops answering without closing a connection (SIGSTOP), as a hanging machine does. */
  freeze(): void;
  /** Goes on after `freeze`. */
  thaw(): void;
  /** Ends it and removes its data. Idempotent. */
  close(): Promise<void>;
}

export interface TestClickHouseOptions {
  /** Asked of every request. Default none. */
  readonly password?: string;
  /**
   * The time zone of its host, and of its sessions as on any server. Default that of this process, and UTC for
   * sessions.
   */
  readonly zone?: string;
  /** As the product's own engine: sessions in UTC wherever the host is. Default false. */
  readonly embedded?: boolean;
}

/** For who asks with a bound on the time, where that is not what a test is about: a busy machine takes a while. */
export const patient = (clickhouse: ClickHouse): ClickHouse => ({
  ...clickhouse,
  query: (sql, params, options) => clickhouse.query(sql, params, { ...options, timeoutMs: 60_000 }),
});

const host = '127.0.0.1';
const startMs = 60_000;
const startTries = 5;
/** Programs run compiled only, also when this file is read as source. */
const program = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../dist/kit/clickhouse-process.js' : './clickhouse-process.js',
    import.meta.url,
  ),
);

/** Starts it on a free port of 127.0.0.1. It also ends when this process is killed. */
export const startTestClickHouse = async (options: TestClickHouseOptions = {}): Promise<TestClickHouse> => {
  const { password = '', zone, embedded = false } = options;
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-clickhouse-'));
  let child: ChildProcess | undefined;
  const endWithUs = () => void child?.kill('SIGKILL');
  process.once('exit', endWithUs);

  const launch = async (port: number): Promise<number> => {
    const started = spawn(
      process.execPath,
      [program, join(folder, 'data'), String(port), password, (!embedded && zone) || ''],
      {
        // Its input ends when this process dies, however that happens.
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, ...(zone === undefined ? {} : { TZ: zone }), UV_THREADPOOL_SIZE: '8' },
      },
    );
    child = started;
    let said = '';
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-4_000);
    });
    started.stdin.on('error', () => undefined);
    const timer = setTimeout(() => started.kill('SIGKILL'), startMs);
    try {
      for await (const line of createInterface({ input: started.stdout })) {
        const [, bound] = /^serving (\d+)$/.exec(line) ?? [];
        if (bound !== undefined) return Number(bound);
      }
      throw new Error(`the test's ClickHouse did not start:\n${said}`);
    } finally {
      clearTimeout(timer);
    }
  };
  const kill = async () => {
    const dying = child;
    child = undefined;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    const ended = new Promise((resolve) => dying.once('exit', resolve));
    dying.kill('SIGKILL');
    await ended;
  };
  const port = await launch(0);
  return {
    address: { host, port },
    kill,
    restart: async () => {
      await kill();
      // The port's last connections may hold on to it for a moment.
      for (let attempt = 1; ; attempt++) {
        try {
          await launch(port);
          return;
        } catch (err) {
          await kill();
          if (attempt === startTries) throw err;
        }
      }
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
