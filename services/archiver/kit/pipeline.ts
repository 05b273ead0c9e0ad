import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EventLog } from '@tickfolio/lib/event-log';
import type { TickerRow } from '../ticker-row.js';
import type { createTickers } from './tickers.js';

export const archiverProgram = fileURLToPath(new URL('../dist/main.js', import.meta.url));
export const auditProgram = fileURLToPath(new URL('../dist/audit/main.js', import.meta.url));
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The compiled archiver as a process, as it is deployed. */
export const createArchiverProcess = (name: string, env: NodeJS.ProcessEnv) => {
  let child: ChildProcess | undefined;
  let said = '';
  const start = () => {
    const started = spawn(process.execPath, [archiverProgram], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-20_000);
      });
    }
    child = started;
  };
  const end = async (signal: NodeJS.Signals) => {
    const dying = child;
    child = undefined;
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
    const ended = once(dying, 'exit');
    dying.kill(signal);
    await ended;
  };
  start();
  return {
    name,
    kill: () => end('SIGKILL'),
    restart: async () => {
      await end('SIGKILL');
      start();
    },
    /** Leaves in order, which moves its partitions while others are in the middle of a batch. */
    leave: () => end('SIGTERM'),
    /** Ends by itself only when it cannot go on. */
    get ended() {
      return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
    },
    get said() {
      return said;
    },
  };
};

/** A message that is no ticker, each another. */
export const poisonOf = (count: number): string => `{"broken":${count}`;

/** Publishes without pause until told to stop; every burst, a message among it that is no ticker, is sent again until Kafka has acknowledged it. */
export const produce = (
  eventLog: EventLog,
  topic: string,
  next: ReturnType<typeof createTickers>,
  rowsPerBurst: number,
  burstPauseMs: number,
) => {
  const made: TickerRow[] = [];
  let poison = 0;
  let going = true;
  const run = async () => {
    while (going) {
      const burst = Array.from({ length: rowsPerBurst }, next);
      const messages = [...burst.map(({ key, value }) => ({ key, value })), { key: `P${poison}`, value: poisonOf(poison) }];
      for (let acknowledged = false; !acknowledged; ) {
        acknowledged = await eventLog.append(topic, messages).then(
          () => true,
          () => false,
        );
      }
      made.push(...burst.map(({ row }) => row));
      poison++;
      await pause(burstPauseMs);
    }
  };
  const running = run();
  return {
    stop: async (): Promise<{ readonly made: readonly TickerRow[]; readonly poison: number }> => {
      going = false;
      await running;
      return { made, poison };
    },
  };
};

/** Runs `npm run audit`'s program to its end. */
export const runAudit = async (
  env: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ readonly code: number | null; readonly text: string }> => {
  const child = spawn(process.execPath, [auditProgram, ...args], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
};
