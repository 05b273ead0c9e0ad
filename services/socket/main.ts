import { systemClock } from '@tickfolio/lib/clock';
import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { refuseToStart, runProcess } from '@tickfolio/lib/lifecycle';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { startSocket } from './app.js';
import { type SocketConfig, socketConfig } from './config.js';

const read = (): SocketConfig => {
  try {
    return readConfig('socket', socketConfig, process.env);
  } catch (err) {
    if (err instanceof ConfigError) return refuseToStart(err.message);
    throw err;
  }
};

const config = read();
const log = createLogger('socket', config.LOG_LEVEL);

await runProcess(
  async (life) => {
    const metrics = createMetrics('socket', { process: true });
    const app = await startSocket(
      { clock: systemClock, log, metrics },
      {
        address: config.ADDRESS,
        operationsAddress: config.METRICS_ADDR,
        exchangeWsUrl: config.BINANCE_WS_URL,
        exchangeRestUrl: config.BINANCE_REST_URL,
        limits: { lifetimeMs: config.CONNECTION_LIFETIME, symbolsRefreshMs: config.SYMBOLS_REFRESH },
      },
    );
    life.own('socket', app);
  },
  { log },
);
