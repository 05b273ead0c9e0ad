import { aggregatorConfig, symbolList } from '@tickfolio/aggregator/config';
import { bffConfig } from '@tickfolio/bff/config';
import { address, serverAddress, z } from '@tickfolio/lib/config';
import { miniTickers } from '@tickfolio/lib/events/mini-ticker';
import { withOwnNames } from '../run/own-names.js';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { loopback } from '../start/listening-place.js';
import { eventLog, pubsub } from './messages.js';
import { socket } from './socket.js';

const ownAddress = {
  SERVER_ADDR: address('127.0.0.1:8088').describe(aggregatorConfig.shape.SERVER_ADDR.description ?? ''),
};

const { GRPC_PORT, ...ownShape } = inRun(aggregatorConfig.shape);

export const aggregator = definePart({
  name: 'aggregator',
  needs: { eventLog, pubsub, socket },
  settings: (env) => ({
    ...ownShape,
    AGGREGATOR_GRPC_PORT: GRPC_PORT,
    ...withOwnNames(env, 'AGGREGATOR', ownAddress, ['SERVER_ADDR']),
    AGGREGATOR_ADDR: bffConfig(env)
      .shape.AGGREGATOR_ADDR.refine((all) => all.length === 1, 'must be one aggregator: a run calls no second one')
      .optional()
      .describe('An aggregator that runs elsewhere.'),
    AGGREGATOR_SERVICE_ADDR: serverAddress()
      .optional()
      .describe('Where an aggregator that runs elsewhere serves trades by their numbers, by gRPC.'),
    /** The one of a run has its symbols to itself. */
    SYMBOL_SHARES: z
      .enum(['off', 'false', '0'], { error: 'is for aggregators that run as services of their own' })
      .optional(),
    // There is something to look at before anybody holds anything.
    FOLLOW_SYMBOLS: symbolList(
      'btcusdt,ethusdt,bnbusdt,solusdt,xrpusdt,adausdt,dogeusdt,ltcusdt,linkusdt,ethbtc',
    ).describe('Symbols that are archived whoever holds them, besides what portfolios hold.'),
  }),
  listens: ({ AGGREGATOR_SERVER_ADDR, AGGREGATOR_GRPC_PORT }) => [
    { variable: 'SERVER_ADDR', otherName: 'AGGREGATOR_SERVER_ADDR', address: AGGREGATOR_SERVER_ADDR },
    { variable: 'AGGREGATOR_GRPC_PORT', address: { host: loopback, port: AGGREGATOR_GRPC_PORT } },
  ],
  topics: () => [miniTickers],
  start: async ({ config, own, service }, given) => {
    const { createSocketClient, startAggregator } = await import('@tickfolio/aggregator/app');
    const about = service('aggregator');
    const client = own('socket client', createSocketClient({ clock: about.clock, target: given.socket.target }));
    const app = await startAggregator(
      { ...about, priceBus: given.pubsub.priceBus, eventLog: given.eventLog, socket: client },
      {
        address: config.AGGREGATOR_SERVER_ADDR,
        grpcAddress: { host: loopback, port: config.AGGREGATOR_GRPC_PORT },
        alwaysFollow: config.FOLLOW_SYMBOLS,
      },
    );
    const ownUrl = `http://${dialTarget({ ...config.AGGREGATOR_SERVER_ADDR, port: app.port })}`;
    /** Where it is called, which may be another one than this process's own. */
    return {
      url: config.AGGREGATOR_ADDR?.[0] ?? ownUrl,
      tapeTarget: dialTarget(config.AGGREGATOR_SERVICE_ADDR ?? { host: loopback, port: app.grpcPort ?? 0 }),
      close: app.close,
    };
  },
});
