import { systemClock } from '@tickfolio/lib/clock';
import { ConfigError, readConfig } from '@tickfolio/lib/config';
import { refuseToStart, runProcess } from '@tickfolio/lib/lifecycle';
import { createLogger } from '@tickfolio/lib/telemetry';
import { startStandalone } from './app.js';
import { type StandaloneConfig, standaloneConfig } from './config.js';

const read = (): StandaloneConfig => {
  try {
    return readConfig('tickfolio', standaloneConfig(process.env), process.env);
  } catch (err) {
    if (err instanceof ConfigError) return refuseToStart(err.message);
    throw err;
  }
};

const config = read();
const logOf = (service: string) => createLogger(service, config.LOG_LEVEL);
const log = logOf('standalone');
const print = (text: string) => void process.stdout.write(`${text}\n`);

await runProcess((life) => startStandalone({ clock: systemClock, log, logOf, life, random: Math.random, print }, config), {
  log,
});
