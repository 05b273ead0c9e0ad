import { createServer, type Server } from 'node:net';
import type { Address } from '@tickfolio/lib/config';
import { StartError } from '@tickfolio/lib/errors';
import type { ListeningPlace } from './listening-place.js';
import type { ChosenSource } from './price-source.js';

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'may not be opened by this user',
  EADDRNOTAVAIL: 'cannot be opened: this machine has no such address',
  ENOTFOUND: 'cannot be opened: this machine has no such address',
};

const open = ({ host, port }: Address): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });

/**
 * Tries every port at once and leaves them free again, so that what is wrong is told before anything else is opened.
 * @returns for each variable whose port cannot be had, why, in words
 */
export const portFaults = async (places: readonly ListeningPlace[]): Promise<Map<string, string>> => {
  const faults = new Map<string, string>();
  const opened = new Map<string, Server>();
  for (const { variable, address } of places) {
    try {
      opened.set(variable, await open(address));
    } catch (err) {
      const code = err instanceof Error && 'code' in err ? String(err.code) : String(err);
      const twin = places.find((other) => opened.has(other.variable) && other.address.port === address.port);
      const reason =
        code === 'EADDRINUSE' && twin
          ? `is asked for by ${twin.variable} already`
          : (reasons[code] ?? `cannot be opened (${code})`);
      faults.set(
        variable,
        `Port ${address.port} on ${address.host} ${reason}. Set ${variable} to another one (0 picks a free one).`,
      );
    }
  }
  await Promise.all([...opened.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return faults;
};

/** By the name that a person has to change. @param isSet whether the environment has a variable */
export const placesAsSet = (
  places: readonly ListeningPlace[],
  isSet: (variable: string) => boolean,
): readonly ListeningPlace[] =>
  places.map((place) => {
    const { variable, otherName } = place;
    return otherName !== undefined && isSet(otherName) && !isSet(variable) ? { ...place, variable: otherName } : place;
  });

/** @throws StartError naming every port that cannot be had, and the variable that moves it */
export const checkPorts = async (places: readonly ListeningPlace[], choosing: Promise<ChosenSource>): Promise<void> => {
  const faults = await portFaults(places);
  for (const { variable, onlyWhenSimulated } of places)
    if (onlyWhenSimulated && faults.has(variable) && (await choosing).source === 'binance') faults.delete(variable);
  if (faults.size > 0) throw new StartError([...faults.values()].join('\n'));
};
