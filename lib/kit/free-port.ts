import { createServer } from 'node:net';

/**
 * Above what services use and browsers refuse, and below what systems give to those who name no port and to outgoing
 * connections: what is free there stays free until it is used.
 */
const [lowest, highest] = [10_100, 29_999];
const tries = 100;
const given = new Set<number>();

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (err: NodeJS.ErrnoException) => (err.code === 'EADDRINUSE' ? resolve(false) : reject(err)));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/**
 * A port of 127.0.0.1 on which nobody listens, for a server that has to be named before it is started, or where nothing
 * shall be found. This process gives none twice. @param from no lower one
 */
export const freePort = async (from = lowest): Promise<number> => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const port = from + Math.floor(Math.random() * (highest - from + 1));
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${tries} ports was free`);
};
