import { systemClock } from '@tickfolio/lib/clock';
import { readSettings, runProcess } from '@tickfolio/lib/lifecycle';
import { startTracing } from '@tickfolio/lib/otlp';
import { createLogger } from '@tickfolio/lib/telemetry';
import { standaloneConfig } from './config.js';
import { createNotices } from './notices.js';
import { checkOpenFiles } from './start/open-files.js';

const config = readSettings('tickfolio', standaloneConfig(process.env), process.env);
const print = (text: string) => void process.stdout.write(`${text}\n`);
const notices = createNotices(systemClock, print);
const logOf = (service: string) =>
  config.LOG_LEVEL ? createLogger(service, config.LOG_LEVEL) : createLogger(service, 'warn', notices);
const log = logOf('standalone');
/** Told to end while it makes its databases, it ends once they are made, which takes a slow machine a while. */
const shutdownDeadlineMs = 20_000;

await runProcess(
  async (life) => {
    checkOpenFiles(process.report.getReport());
    // Most of the program, loaded when it is known that it can be.
    const { startStandalone } = await import('./app.js');
    life.own(
      'traces',
      await startTracing({ service: 'standalone', env: process.env, log, clock: systemClock, random: Math.random }),
    );
    const isSet = (variable: string) => Boolean(process.env[variable]);
    await startStandalone({ clock: systemClock, log, logOf, life, random: Math.random, isSet, print }, config);
  },
  { log, shutdownDeadlineMs },
);
