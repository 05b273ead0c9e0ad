import { systemClock } from '@tickfolio/lib/clock';
import { createMetrics, silentLogger } from '@tickfolio/lib/telemetry';
import { startSocket } from '@tickfolio/socket/app';
import { serveParent } from '../measure/child.js';
import { readUsage } from '../measure/usage.js';
import { batching } from './load.js';

const tasks = {
  start: async (exchangePort: number): Promise<number> => {
    const socket = await startSocket(
      { clock: systemClock, log: silentLogger(), metrics: createMetrics('socket') },
      {
        address: { host: '127.0.0.1', port: 0 },
        exchangeWsUrl: `ws://127.0.0.1:${exchangePort}`,
        exchangeRestUrl: `http://127.0.0.1:${exchangePort}`,
        limits: { framesPerMessage: batching.frames, flushMs: batching.flushMs },
      },
    );
    return socket.port;
  },
  usage: async () => readUsage(),
};

export type TradesSocket = typeof tasks;

serveParent(tasks);
