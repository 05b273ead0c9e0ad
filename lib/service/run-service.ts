import { type Clock, systemClock } from '../clock/clock.js';
import type { LogLevel, z } from '../config/config.js';
import { type GrpcTls, grpcTlsOf, withGrpcTls } from '../grpc/tls.js';
import { type Lifecycle, readSettings, runProcess } from '../lifecycle/lifecycle.js';
import { startTracing } from '../otlp/start.js';
import { createLogger, createMetrics, type Logger, type Metrics } from '../telemetry/telemetry.js';

/** What a process is given by its surroundings, and only its `main.ts` touches. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** What of its settings every service reads; those of `grpcTlsSettings` where it speaks gRPC. */
interface ServiceSettings {
  readonly ENV: string;
  readonly LOG_LEVEL: LogLevel;
  readonly GRPC_TLS_CA?: Buffer | undefined;
  readonly GRPC_TLS_CERT?: Buffer | undefined;
  readonly GRPC_TLS_KEY?: Buffer | undefined;
}

/** What a service is opened with. */
export interface Given<Config> {
  readonly config: Config;
  /** Owns everything that is opened, in the order of opening. */
  readonly life: Lifecycle;
  readonly clock: Clock;
  /** Under the service's name. */
  readonly log: Logger;
  /** Under the service's name, with the process's own figures. */
  readonly metrics: Metrics;
  /** Undefined where gRPC is not encrypted, or not spoken. */
  readonly tls: GrpcTls | undefined;
}

/**
 * Runs a service as a process of its own, from its settings to its last close. Wrong settings are all printed and end
 * it with 1, before anything is opened. Traces begin first and end last.
 * @param name of the service: its logger's, and with it the prefix of its metrics
 */
export const runService = async <Config extends ServiceSettings>(
  name: string,
  schema: z.ZodType<Config> & { readonly shape: object },
  { env, random }: Surroundings,
  open: (given: Given<Config>) => Promise<void>,
): Promise<void> => {
  const config = readSettings(name, withGrpcTls(schema), env);
  const clock = systemClock;
  const log = createLogger(name, config.LOG_LEVEL);
  const metrics = createMetrics(name, { process: true });
  await runProcess(
    async (life) => {
      life.own('traces', await startTracing({ service: name, env, log, clock, random }));
      await open({
        config,
        life,
        clock,
        log,
        metrics,
        tls: 'GRPC_TLS_CA' in schema.shape ? grpcTlsOf(config, log) : undefined,
      });
    },
    { log },
  );
};
