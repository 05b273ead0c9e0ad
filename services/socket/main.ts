import { runService } from '@tickfolio/lib/service';
import { startSocket } from './app.js';
import { socketConfig, socketOptions } from './config.js';

const surroundings = { env: process.env, random: Math.random };

await runService('socket', socketConfig, surroundings, async ({ config, life, tls, ...part }) => {
  life.own('socket', await startSocket(part, { ...socketOptions(config), tls }));
});
