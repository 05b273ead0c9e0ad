import { exchangeSimSchema } from '@tickfolio/exchange-sim/config';
import { z } from '@tickfolio/lib/config';
import { socketConfig } from '@tickfolio/socket/config';
import { definePart } from '../run/part.js';
import { inRun } from '../run/unneeded.js';
import { dialTarget } from '../start/dial.js';
import { answering, type Exchange, realExchange } from '../start/price-source.js';

const options = exchangeSimSchema.shape;

/** The exchange that prices are taken from: the real one, or the simulator, which runs only then. */
export const exchange = definePart({
  name: 'exchange simulator',
  needs: {},
  settings: () => ({
    ...inRun(socketConfig.shape),
    PRICE_SOURCE: z
      .enum(['auto', 'binance', 'simulated'], { error: 'must be auto, binance or simulated' })
      .default('auto')
      .describe('`auto`: Binance where its REST interface and its streams answer within 2 s, else the simulator.'),
    EXCHANGE_SIM_HOST: options['--host'].describe('The address that the simulator listens on.'),
    EXCHANGE_SIM_PORT: options['--port'].describe('The port of the simulator.'),
    SIM_SEED: options['--seed'].describe('What the simulated prices are drawn from.'),
    SIM_PAST: options['--past'].describe('How many days back simulated klines of minutes, of hours and of days reach.'),
    SIM_KLINES: options['--klines'].describe('A file of klines that the simulator answers as they stand there.'),
  }),
  listens: ({ EXCHANGE_SIM_HOST, EXCHANGE_SIM_PORT }) => [
    {
      variable: 'EXCHANGE_SIM_PORT',
      address: { host: EXCHANGE_SIM_HOST, port: EXCHANGE_SIM_PORT },
      onlyWhenSimulated: true,
    },
  ],
  start: async ({ config, choosing, service, signal, own }) => {
    const source = await choosing;
    const told: { simulated: boolean | undefined } = { simulated: source.source === 'simulated' ? true : undefined };
    const made = (from: Exchange) => ({
      source,
      from,
      /** Whether its prices are invented; undefined while it has not said. */
      simulated: () => told.simulated,
      /** What it said meanwhile. */
      tell: (simulated: boolean | undefined) => {
        told.simulated = simulated;
      },
    });
    const real = realExchange(config);
    if (source.source === 'binance' || signal.aborted) return made(answering(real, source));
    const { startExchangeSim } = await import('@tickfolio/exchange-sim/app');
    const host = config.EXCHANGE_SIM_HOST;
    const sim = own(
      'exchange simulator',
      await startExchangeSim(service('exchange-sim'), {
        address: { host, port: config.EXCHANGE_SIM_PORT },
        seed: config.SIM_SEED,
        reach: config.SIM_PAST,
        klinesFile: config.SIM_KLINES,
        portHint: 'Set EXCHANGE_SIM_PORT to another one.',
      }),
    );
    const target = dialTarget({ host, port: sim.port });
    return made({ wsUrl: `ws://${target}`, restUrl: `http://${target}` });
  },
});
