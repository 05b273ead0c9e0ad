import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '@tickfolio/lib/clock';
import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import { refuseToStart, runProcess } from '@tickfolio/lib/lifecycle';
import { createLogger, createMetrics } from '@tickfolio/lib/telemetry';
import { type RecordedTrade, startExchangeSim } from './app.js';
import { type ExchangeSimConfig, exchangeSimSchema, helpText, variables } from './config.js';
import { exchangeLimits } from './limits.js';
import { knownSymbols } from './market/symbols.js';

/**
 * Trades waiting to be written; past this the disk is too slow and the run ends rather than keep a record with holes.
 */
const maxRecordBacklogBytes = 64 * 1_048_576;

/** The options given, or undefined when only help was asked for. */
const readOptions = (): ExchangeSimConfig | undefined => {
  const texts = Object.fromEntries(
    Object.keys(exchangeSimSchema.shape).map((name) => [name.slice(2), { type: 'string' as const }]),
  );
  const values: Readonly<Record<string, unknown>> = parseArgs({
    options: { ...texts, help: { type: 'boolean', short: 'h' } },
  }).values;
  if (values.help === true) return undefined;
  const given = Object.entries(values).map(([name, value]) => [`--${name}`, String(value)]);
  const fromEnv = Object.entries(variables).map(([variable, name]) => [name, process.env[variable]]);
  return readConfig('exchange-sim', exchangeSimSchema, {
    ...Object.fromEntries(fromEnv.filter(([, value]) => value)),
    ...Object.fromEntries(given),
  });
};

const openRecord = async (file: string) => {
  const stream = createWriteStream(file, { flags: 'a' });
  try {
    await once(stream, 'open');
  } catch (err) {
    throw new StartError(
      `The record ${file} cannot be written: ${err instanceof Error ? err.message : err}. Name another with --record.`,
    );
  }
  return {
    write: (trade: RecordedTrade) => {
      stream.write(`${JSON.stringify(trade)}\n`);
      if (stream.writableLength > maxRecordBacklogBytes)
        throw new StartError(`The record ${file} cannot be written fast enough.`);
    },
    close: async () => {
      stream.end();
      await once(stream, 'close');
    },
  };
};

const run = async (config: ExchangeSimConfig): Promise<void> => {
  const log = createLogger('exchange-sim', config['--log-level']);
  await runProcess(
    async (life) => {
      const record =
        config['--record'] === undefined ? undefined : life.own('record', await openRecord(config['--record']));
      const file = config['--replay'];
      const sim = await startExchangeSim(
        { clock: systemClock, log, metrics: createMetrics('exchange-sim', { process: true }) },
        {
          address: { host: config['--host'], port: config['--port'] },
          seed: config['--seed'],
          symbols: config['--symbols'],
          reach: config['--past'],
          klinesFile: config['--klines'],
          tradeRate: config['--rate'],
          errorShape: config['--errors'],
          limits: {
            connectionLifetimeMs: config['--lifetime'],
            shutdownNoticeMs: Math.min(exchangeLimits.shutdownNoticeMs, config['--lifetime'] / 2),
            pingIntervalMs: config['--ping'],
          },
          ...(record && { recordSink: record.write }),
          ...(file !== undefined && {
            replay: { file, speed: config['--speed'], times: config['--times'], begin: config['--begin'] },
          }),
        },
      );
      life.own('exchange-sim', sim);
      const what =
        file === undefined
          ? `made-up prices, seed ${config['--seed']}, ${config['--symbols']} of ${knownSymbols.length} symbols`
          : `the recording ${file}`;
      process.stdout.write(
        `Exchange simulator: ${what}\n  WebSocket  ${sim.url}/stream?streams=btcusdt@aggTrade\n  REST       ${sim.restUrl}/api/v3/exchangeInfo\n  Faults     ${sim.restUrl}/sim/faults (see --help)\n`,
      );
    },
    { log },
  );
};

try {
  const config = readOptions();
  if (config) await run(config);
  else process.stdout.write(helpText);
} catch (err) {
  refuseToStart(err instanceof ConfigError ? err.message : `${err instanceof Error ? err.message : err}\nSee --help.`);
}
