// A container's health check: asks the program in it what its callers would ask. Exit code 0 when it is well; the
// reason otherwise.
//   node main.js http://127.0.0.1:8080/ready
//   node main.js grpc://127.0.0.1:50051/auth.v1.AuthService

import { callNeighboursDirectly } from '../lifecycle/direct-calls.js';

/** Below the time that the containers' health checks are given. */
const timeoutMs = 3_000;

const askHttp = async (url: URL): Promise<string | undefined> => {
  await callNeighboursDirectly();
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  const body = await answer.text();
  return answer.ok ? undefined : `${answer.status} ${body}`;
};

const [target = ''] = process.argv.slice(2);
try {
  const url = new URL(target);
  // It runs every few seconds in every container: what is not needed is not loaded.
  const askGrpc = async () => (await import('./ask-grpc.js')).askGrpc(url, timeoutMs, process.env);
  const fault = await (url.protocol === 'grpc:' ? askGrpc() : askHttp(url));
  if (fault !== undefined) throw new Error(fault);
} catch (err) {
  // "fetch failed" says nothing; its cause does.
  const cause = err instanceof Error && err.cause instanceof Error ? ` (${err.cause.message})` : '';
  process.stderr.write(`${err instanceof Error ? err.message : err}${cause}\n`);
  process.exitCode = 1;
}
