import type { EventLog } from '@tickfolio/lib/event-log';
import { startProgram } from '@tickfolio/lib/kit/process';
import type { TickerRow } from '../ticker-row.js';
import type { createTickers } from './tickers.js';

const archiver = 'services/archiver/dist/main.js';
const audit = 'services/archiver/dist/audit/main.js';
export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The compiled archiver as a process, as it is deployed. */
export const createArchiverProcess = (name: string, env: NodeJS.ProcessEnv) => {
  const start = () => startProgram(archiver, { ...process.env, ...env });
  let program = start();
  return {
    name,
    kill: () => program.end('SIGKILL'),
    restart: async () => {
      await program.end('SIGKILL');
      program = start();
    },
    /** Leaves in order, which moves its partitions while others are in the middle of a batch. */
    leave: () => program.end('SIGTERM'),
    /** Ends by itself only when it cannot go on. */
    get gaveUp() {
      return program.isOver();
    },
    get said() {
      return program.output().slice(-20_000);
    },
  };
};

/** A message that is no ticker, each another. */
export const poisonOf = (count: number): string => `{"broken":${count}`;

/**
 * Publishes without pause until told to stop; every burst, a message among it that is no ticker, is sent again until
 * Kafka has acknowledged it.
 */
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
      const messages = [
        ...burst.map(({ key, value }) => ({ key, value })),
        { key: `P${poison}`, value: poisonOf(poison) },
      ];
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
  const program = startProgram(audit, { ...process.env, ...env }, ...args);
  const { code } = await program.ended;
  return { code, text: program.output() };
};
