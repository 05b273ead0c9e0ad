import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { laterPorts } from '@tickfolio/services/registry';

/** A program of this repository, started as its users start it. */
export interface Program {
  /** @throws Error with what it printed, when it ends or the time passes first */
  said(pattern: RegExp, withinMs: number): Promise<RegExpExecArray>;
  /** Tells it to end, and ends it where it does not. */
  close(): Promise<void>;
}

const pollMs = 5;
const endWithinMs = 15_000;

/** @param args of Node, the program first @param env besides the own one */
export const startProgram = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Program => {
  const child: ChildProcess = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  let ended = false;
  const end = new Promise<void>((resolve) =>
    child.once('close', () => {
      ended = true;
      resolve();
    }),
  );
  return {
    said: async (pattern, withinMs) => {
      const giveUpAtMs = performance.now() + withinMs;
      for (;;) {
        const found = pattern.exec(output);
        if (found) return found;
        if (ended || performance.now() > giveUpAtMs) throw new Error(`${args[0]} did not say ${pattern}:\n${output}`);
        await wait(pollMs);
      }
    },
    close: async () => {
      child.kill('SIGTERM');
      await Promise.race([end, wait(endWithinMs, undefined, { ref: false })]);
      if (!ended) child.kill('SIGKILL');
      await end;
    },
  };
};

/** Starts the all-in-one run beside whatever else runs here. */
export const startAllInOne = (dataFolder: string, env: Readonly<Record<string, string>> = {}): Program =>
  startProgram(['--enable-source-maps', 'standalone/dist/bundle/main.js'], {
    UV_THREADPOOL_SIZE: '16',
    DATA_DIR: dataFolder,
    HTTP_PORT: '0',
    GRPC_PORT: '0',
    ...laterPorts,
    ADDRESS: '127.0.0.1:0',
    SERVER_ADDR: '127.0.0.1:0',
    EXCHANGE_SIM_PORT: '0',
    DASHBOARD_PORT: '0',
    CLICKHOUSE_HTTP_ADDR: '127.0.0.1:0',
    PRICE_SOURCE: 'simulated',
    ...env,
  });
