import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tickfolio/lib/kit/free-port';

/** Looks names up in a file before it asks anybody, in a process that begins with it. */
const lookUpInFile = `
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const known = (host) => JSON.parse(readFileSync(process.env.TEST_NAMES, 'utf8'))[host];
const of = (address, options) => (options?.all ? [{ address, family: 4 }] : { address, family: 4 });
const { lookup, promises: { lookup: promised } } = dns;
dns.lookup = (host, options, done) => {
  const [given, answer] = typeof options === 'function' ? [undefined, options] : [options, done];
  const address = known(host);
  if (address === undefined) return lookup(host, options, done);
  setImmediate(() => (given?.all ? answer(null, of(address, given)) : answer(null, address, 4)));
};
dns.promises.lookup = async (host, options) => {
  const address = known(host);
  return address === undefined ? promised(host, options) : of(address, options);
};
syncBuiltinESMExports();
`;

/**
 * Names of services whose addresses change with every restart, as they do in containers: what listened at the old one
 * is gone.
 */
export interface TestNames {
  /** Variables for processes that look names up here. */
  readonly env: Readonly<Record<string, string>>;
  /** A name for what listens on loopback at the port. @returns `host:port` */
  add(name: string, port: number): Promise<string>;
  /** Nothing listens at its address any more. It has another one; the name service says so a moment later. */
  move(name: string): Promise<void>;
  close(): Promise<void>;
}

interface Place {
  readonly port: number;
  readonly target: number;
  step: number;
  server?: Server | undefined;
  readonly sockets: Set<Socket>;
}

/** How far the name service is behind. */
const behindMs = 500;

export const startTestNames = (): TestNames => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-names-'));
  const file = join(folder, 'names.json');
  const places = new Map<string, Place>();
  const told: Record<string, string> = {};
  const tell = (name: string, address: string) => {
    told[name] = address;
    writeFileSync(`${file}.new`, JSON.stringify(told));
    renameSync(`${file}.new`, file);
  };
  const addressOf = ({ step }: Place) => `127.0.1.${step}`;
  const listen = (place: Place) =>
    new Promise<void>((resolve, reject) => {
      const server = createServer((socket) => {
        const onward = connect(place.target, '127.0.0.1');
        for (const [one, other] of [
          [socket, onward],
          [onward, socket],
        ] as const) {
          place.sockets.add(one);
          one.on('error', () => undefined);
          one.on('close', () => {
            place.sockets.delete(one);
            other.destroy();
          });
          one.pipe(other);
        }
      });
      place.server = server;
      server.once('error', reject);
      server.listen(place.port, addressOf(place), () => resolve());
    });
  const cut = async (place: Place) => {
    const { server } = place;
    place.server = undefined;
    for (const socket of place.sockets) socket.destroy();
    if (server) await new Promise((resolve) => server.close(resolve));
  };
  return {
    env: { TEST_NAMES: file, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(lookUpInFile)}` },
    add: async (name, target) => {
      const place: Place = { port: await freePort(), target, step: 1, sockets: new Set() };
      places.set(name, place);
      await listen(place);
      tell(name, addressOf(place));
      return `${name}:${place.port}`;
    },
    move: async (name) => {
      const place = places.get(name);
      if (!place) throw new Error(`nothing is called ${name}`);
      await cut(place);
      place.step++;
      await listen(place);
      setTimeout(() => places.size > 0 && tell(name, addressOf(place)), behindMs);
    },
    close: async () => {
      const all = [...places.values()];
      places.clear();
      for (const place of all) await cut(place);
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
