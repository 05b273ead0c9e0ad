import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/telemetry.js';

/** One thing a service needs to do its work. */
export interface Dependency {
  readonly name: string;
  /** False when the service does its main job without it. */
  readonly required: boolean;
  /** Resolves to undefined when well, else to what is wrong, in words. May throw; bounded by the caller. */
  check(): Promise<string | undefined> | string | undefined;
}

export interface Operations {
  readonly metrics: Metrics;
  readonly dependencies: readonly Dependency[];
  /** Facts to show beside the dependencies, such as `{ simulated: true }`. */
  readonly facts?: () => Readonly<Record<string, unknown>>;
  /** True once the service drains: it is alive but takes no new work. */
  readonly draining?: () => boolean;
  /** How long one check may take. Default 1 000. */
  readonly checkTimeoutMs?: number;
}

const bounded = (
  check: () => Promise<string | undefined> | string | undefined,
  ms: number,
): Promise<string | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`did not answer within ${ms} ms`), ms);
  });
  const asked = Promise.resolve()
    .then(check)
    .catch((err: unknown) => (err instanceof Error ? err.message : String(err)));
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
};

/** Adds `/health` (the process answers), `/ready` (each dependency, 503 when a required one is down) and `/metrics`. */
export const addOperations = (app: FastifyInstance, operations: Operations): void => {
  const { metrics, dependencies, checkTimeoutMs = 1_000 } = operations;
  const faultsNow = () =>
    Promise.all(
      dependencies.map(
        async (dependency) => [dependency, await bounded(() => dependency.check(), checkTimeoutMs)] as const,
      ),
    );
  if (dependencies.length > 0)
    metrics.gauge({
      name: 'dependency_up',
      help: '1 while what the service needs answers, as /ready says; required is false for what it does its main job without',
      labelNames: ['dependency', 'required'],
      async collect() {
        for (const [{ name, required }, fault] of await faultsNow())
          this.set({ dependency: name, required: String(required) }, fault === undefined ? 1 : 0);
      },
    });
  const quiet = { logLevel: 'silent' as const };
  app.get('/health', quiet, async () => ({ status: 'ok' }));
  app.get('/ready', quiet, async (_request, reply) => {
    const answers = (await faultsNow()).map(([dependency, fault]) => {
      const state = {
        status: fault === undefined ? 'ok' : 'down',
        required: dependency.required,
        ...(fault === undefined ? {} : { reason: fault }),
      };
      return [dependency.name, state] as const;
    });
    const draining = operations.draining?.() ?? false;
    const ready = !draining && answers.every(([, state]) => state.status === 'ok' || !state.required);
    const status = draining ? 'draining' : ready ? 'ready' : 'not ready';
    reply.header('cache-control', 'no-store').code(ready ? 200 : 503);
    return { status, ...operations.facts?.(), dependencies: Object.fromEntries(answers) };
  });
  app.get('/metrics', quiet, async (_request, reply) => {
    reply.type(metrics.contentType);
    return metrics.text();
  });
};
