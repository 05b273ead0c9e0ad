import { randomBytes } from 'node:crypto';
import { freePort } from '@tickfolio/lib/kit/free-port';

/** Above what documents name, so that no other run looks for them while the images are built, or while all is down. */
const lowestPort = 20_000;

export type Settings = Readonly<Record<string, string>>;

/** Of this run alone: simulated prices, and waits short enough to be waited for. */
const ofThisRun: Settings = {
  ENV: 'local',
  BINANCE_WS_URL: 'ws://exchange-sim:9443',
  BINANCE_REST_URL: 'http://exchange-sim:9443',
  JWT_ACCESS_TTL: '2h',
  BATCH_TIMEOUT: '2s',
};

/**
 * What a stack of its own is set to: the example's settings with new secrets, ports of its own and the simulator as the
 * exchange.
 */
export const ownSettings = async (example: string): Promise<Settings> => {
  const given = [...example.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );
  const names = given.map(([name]) => name).filter((name) => name.endsWith('_PORT'));
  const ports: [string, string][] = [];
  for (const name of names) ports.push([name, String(await freePort(lowestPort))]);
  const secrets = given
    .filter(([name]) => /_(PASSWORD|SECRET)$/.test(name))
    .map(([name]) => [name, randomBytes(24).toString('hex')] as const);
  return { ...Object.fromEntries(given), ...Object.fromEntries([...ports, ...secrets]), ...ofThisRun };
};

/** The settings as docker compose reads them from a file. */
export const settingsFile = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
