import { aggregatorConfig } from '@tickfolio/aggregator/config';
import { address } from '@tickfolio/lib/config';
import { socketConfig, socketLimits } from '@tickfolio/socket/config';
import { withOwnNames } from '../run/own-names.js';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { exchange } from './exchange-sim.js';

const ownAddress = { ADDRESS: address('127.0.0.1:50052').describe(socketConfig.shape.ADDRESS.description ?? '') };

export const socket = definePart({
  name: 'socket',
  needs: { exchange },
  settings: (env) => ({
    ...inRun(socketConfig.shape),
    ...withOwnNames(env, 'SOCKET', ownAddress, ['ADDRESS']),
    SOCKET_SERVICE_ADDR: aggregatorConfig.shape.SOCKET_SERVICE_ADDR.optional().describe(
      'A socket service that runs elsewhere, in a debugger for instance.',
    ),
  }),
  listens: ({ SOCKET_ADDRESS, METRICS_ADDR }) => [
    { variable: 'ADDRESS', otherName: 'SOCKET_ADDRESS', address: SOCKET_ADDRESS },
    ...(METRICS_ADDR ? [{ variable: 'METRICS_ADDR', address: METRICS_ADDR }] : []),
  ],
  start: async ({ config, random, service }, { exchange: { from } }) => {
    const { startSocket } = await import('@tickfolio/socket/app');
    const app = await startSocket(
      { ...service('socket'), random },
      {
        address: config.SOCKET_ADDRESS,
        operationsAddress: config.METRICS_ADDR,
        exchangeWsUrl: from.wsUrl,
        exchangeWsFallbackUrl: from.wsFallbackUrl,
        exchangeRestUrl: from.restUrl,
        ...(from.proxies ? { proxies: from.proxies } : {}),
        limits: socketLimits(config),
      },
    );
    const elsewhere = config.SOCKET_SERVICE_ADDR;
    return {
      app,
      /** Where it is called, which may be another one than this process's own. */
      target: dialTarget(elsewhere ?? { ...config.SOCKET_ADDRESS, port: app.port }),
      isOwn: elsewhere === undefined,
      close: app.close,
    };
  },
});
