import { startProcess, type TestProcess } from '@tickfolio/lib/kit/process';
import { laterPorts } from '@tickfolio/services/registry';

export interface AllInOne {
  readonly base: string;
  readonly process: TestProcess;
}

/** How long making the embedded databases may take on a small machine that runs other tests beside. */
export const coldStartMs = 90_000;

/** Settings of a run that meets no other: free ports, a folder of its own, simulated prices. */
export const allInOneEnv = (dataFolder: string, more: Record<string, string> = {}): Record<string, string> => ({
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
  // As `make run` has it: with the usual four threads the archive's queries would hold up logins.
  UV_THREADPOOL_SIZE: '16',
  ...more,
});

/** Starts the compiled all-in-one run as its users do and waits for its banner. */
export const startAllInOne = async (dataFolder: string, more: Record<string, string> = {}): Promise<AllInOne> => {
  const run = startProcess(
    process.execPath,
    ['--enable-source-maps', 'standalone/dist/bundle/main.js'],
    allInOneEnv(dataFolder, more),
  );
  const [, base = ''] = await run.waitFor(/(http:\/\/[\w.:]+)\/docs/, coldStartMs);
  return { base, process: run };
};
