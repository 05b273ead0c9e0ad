import { systemClock } from '@tickfolio/lib/clock';
import { grpcTlsOf, withGrpcTls } from '@tickfolio/lib/grpc';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { postgresServer } from '@tickfolio/lib/postgres';
import { openServerPostgres } from '@tickfolio/lib/postgres/server';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { migrationsFolder, startAuth } from './app.js';
import { authConfig, authLimits } from './config.js';

const config = readSettings('auth', withGrpcTls(authConfig(process.env)), process.env);
const log = createLogger('auth', config.LOG_LEVEL);

await runProcess(
  async (life) => {
    life.own('traces', await startTracing({ service: 'auth', env: process.env, log, clock: systemClock, random: Math.random }));
    const metrics = createMetrics('auth', { process: true });
    const postgres = life.own(
      'database',
      await openServerPostgres({
        ...postgresServer(config),
        database: config.POSTGRES_DB,
        maxConnections: config.POSTGRES_MAX_CONNECTIONS,
        migrationsFolder,
        metrics,
        log,
        clock: systemClock,
        signal: life.signal,
      }),
    );
    const app = await startAuth(
      { postgres, clock: systemClock, log, metrics },
      {
        address: { host: '0.0.0.0', port: config.GRPC_PORT },
        operationsAddress: config.METRICS_ADDR,
        tls: grpcTlsOf(config, log),
        jwtSecret: config.JWT_SECRET,
        limits: authLimits(config),
      },
    );
    life.own('auth', app);
  },
  { log },
);
