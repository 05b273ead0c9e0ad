import { systemClock } from '@tickfolio/lib/clock';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { createLogger } from '@tickfolio/lib/telemetry';
import { startStandalone } from './app.js';
import { standaloneConfig } from './config.js';

const config = readSettings('tickfolio', standaloneConfig(process.env), process.env);
const logOf = (service: string) => createLogger(service, config.LOG_LEVEL);
const log = logOf('standalone');
const print = (text: string) => void process.stdout.write(`${text}\n`);

await runProcess((life) => startStandalone({ clock: systemClock, log, logOf, life, random: Math.random, print }, config), {
  log,
});
