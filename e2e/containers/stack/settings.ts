import { randomBytes, randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

const listen = (port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

const portOf = (server: Server): string => {
  const bound = server.address();
  return bound !== null && typeof bound === 'object' ? String(bound.port) : '';
};

/** Below the ports that systems hand out for outgoing connections; so many tries find a free one. */
const firstPort = 20_000;
const lastPort = 32_767;
const maxTries = 1_000;

const holdPort = async (name: string): Promise<Server> => {
  for (let tries = 0; tries < maxTries; tries++) {
    const server = await listen(randomInt(firstPort, lastPort + 1));
    if (server) return server;
  }
  throw new Error(`no free port for ${name}`);
};

/** Ports that nobody looks for: documented ones, free now, may be taken by another run before the images are built, or while all is down. */
const freePorts = async (names: readonly string[]): Promise<Record<string, string>> => {
  const held: Server[] = [];
  const chosen: Record<string, string> = {};
  for (const name of names) {
    const server = await holdPort(name);
    held.push(server);
    chosen[name] = portOf(server);
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return chosen;
};

export type Settings = Readonly<Record<string, string>>;

/** Of this run alone: simulated prices, and waits short enough to be waited for. */
const ofThisRun: Settings = {
  ENV: 'local',
  BINANCE_WS_URL: 'ws://exchange-sim:9443',
  BINANCE_REST_URL: 'http://exchange-sim:9443',
  JWT_ACCESS_TTL: '2h',
  BATCH_TIMEOUT: '2s',
};

/** What a stack of its own is set to: the example's settings with new secrets, ports of its own and the simulator as the exchange. */
export const ownSettings = async (example: string): Promise<Settings> => {
  const given = [...example.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
  const ports = await freePorts(given.map(([name]) => name).filter((name) => name.endsWith('_PORT')));
  const secrets = given
    .filter(([name]) => /_(PASSWORD|SECRET)$/.test(name))
    .map(([name]) => [name, randomBytes(24).toString('hex')] as const);
  return { ...Object.fromEntries(given), ...ports, ...Object.fromEntries(secrets), ...ofThisRun };
};

/** The settings as docker compose reads them from a file. */
export const settingsFile = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
