import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { laterPorts } from '@tickfolio/services/registry';

const startMs = 120_000;
const answerMs = 20_000;
/** Free ports, and prices that need no exchange. */
const settings = {
  HTTP_PORT: '0',
  GRPC_PORT: '0',
  ...laterPorts,
  ADDRESS: '127.0.0.1:0',
  SERVER_ADDR: '127.0.0.1:0',
  EXCHANGE_SIM_PORT: '0',
  DASHBOARD_PORT: '0',
  CLICKHOUSE_HTTP_ADDR: '127.0.0.1:0',
  TRIAL_GRPC_PORT: '0',
  PRICE_SOURCE: 'simulated',
};

/** Asks until the answer is as wanted. @throws Error with the last answer */
const until = async <T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean, ms: number): Promise<T> => {
  const endMs = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (performance.now() > endMs)
      throw new Error(`not within ${ms} ms; the last answer was ${JSON.stringify(answer)}`);
    await pause(100);
  }
};

const json = async (url: string, method = 'GET'): Promise<Record<string, unknown>> => {
  const response = await fetch(url, { method, headers: { accept: 'application/json' } });
  return { ...((await response.json()) as object), code: response.status };
};

/**
 * Starts the all-in-one run of a built tree, and has a trial started over REST and heard of as an event.
 * @throws Error in words, with what the run said
 */
export const tryInRun = async (folder: string): Promise<void> => {
  const env = { ...process.env, ...settings, DATA_DIR: join(folder, 'data') };
  const child = spawn(process.execPath, ['--enable-source-maps', 'standalone/dist/bundle/main.js'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const base = () => /(http:\/\/[\w.:]+)\/docs/.exec(said)?.[1];
  try {
    await until(
      async () => base() ?? child.exitCode,
      (found) => found !== null,
      startMs,
    );
    const url = base();
    if (url === undefined) throw new Error('the run ended before it had started');
    const ready = await until(
      () => json(`${url}/ready`),
      ({ code }) => code === 200,
      answerMs,
    );
    if (!JSON.stringify(ready).includes('"trial"'))
      throw new Error(`/ready does not name the trial service: ${JSON.stringify(ready)}`);
    await until(
      () => json(`${url}/api/v1/trials`, 'POST'),
      ({ code }) => code === 201,
      answerMs,
    );
    await until(
      () => json(`${url}/api/v1/trials`),
      ({ started, heard }) => started === heard && Number(heard) > 0,
      answerMs,
    );
  } catch (err) {
    throw new Error(
      `The all-in-one run with the trial service: ${err instanceof Error ? err.message : String(err)}\n${said.slice(-4_000)}`,
    );
  } finally {
    child.kill('SIGTERM');
    await Promise.race([ended, pause(15_000).then(() => child.kill('SIGKILL'))]);
  }
};
