import { systemClock } from '@tickfolio/lib/clock';
import { grpcTlsOf, withGrpcTls } from '@tickfolio/lib/grpc';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { startSocket } from './app.js';
import { socketConfig, socketLimits, socketProxies, streamFallback } from './config.js';

const config = readSettings('socket', withGrpcTls(socketConfig), process.env);
const log = createLogger('socket', config.LOG_LEVEL);

await runProcess(
  async (life) => {
    life.own('traces', await startTracing({ service: 'socket', env: process.env, log, clock: systemClock, random: Math.random }));
    const metrics = createMetrics('socket', { process: true });
    const app = await startSocket(
      { clock: systemClock, log, metrics },
      {
        address: config.ADDRESS,
        operationsAddress: config.METRICS_ADDR,
        tls: grpcTlsOf(config, log),
        exchangeWsUrl: config.BINANCE_WS_URL,
        exchangeWsFallbackUrl: streamFallback(config.BINANCE_WS_URL),
        exchangeRestUrl: config.BINANCE_REST_URL,
        proxies: socketProxies(config),
        limits: socketLimits(config),
      },
    );
    life.own('socket', app);
  },
  { log },
);
