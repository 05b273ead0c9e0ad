import { randomUUID } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { type Clock, sleep, systemClock } from '../clock/clock.js';
import { StartError } from '../errors/errors.js';
import { openSocketRoom, type SocketRoom } from './socket-room.js';

/** An exclusive lock on a folder. */
export interface FolderLock {
  /** Lets the next process in. */
  close(): Promise<void>;
}

/** How long another process that is just starting may take to say whether it got the folder. */
const decisionTimeoutMs = 5_000;

export interface FolderLockOptions {
  /** Default the system's: other processes are waited for in real time. */
  readonly clock?: Clock;
}

/** What a process says of itself to one that wants the same folder. */
interface Claim {
  readonly id: string;
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  readonly held: boolean;
}

/**
 * Every claim is one listening Unix socket of this name; the kernel stops answering on it when its process ends,
 * however that happens.
 */
const claimName = /^claim-[0-9a-f-]{36}\.sock$/;
const answerTimeoutMs = 1_000;
const retryMs = 25;

/**
 * Takes a folder for this process alone, also against processes in other containers of the same host; not against other
 * hosts.
 *
 * A process publishes its claim (a socket that listens already, renamed to its final name) and only then looks for
 * others'. Of two processes at least the later one therefore sees the other, so there are never two holders. Claims
 * that see each other while neither holds the folder are decided by the smaller id, the other one withdraws and looks
 * again. A claim that nobody answers for belongs to a process that is gone; its name is never used again, so it can be
 * removed without a race.
 * @throws StartError when another process holds the folder, or the folder cannot be used.
 */
export const lockFolder = async (folder: string, options: FolderLockOptions = {}): Promise<FolderLock> => {
  const { clock = systemClock } = options;
  const room = openSocketRoom(folder);
  const giveUpMs = clock.monotonic() + decisionTimeoutMs;
  const own = await makeClaim(room, clock.now()).catch((err: unknown) => {
    room.close();
    throw err;
  });
  try {
    for (;;) {
      own.publish();
      let rival = await strongestRival(room, own.id, clock);
      if (!rival) {
        own.keep();
        return { close: own.close };
      }
      // A rival with a larger id sees this claim and withdraws, unless it holds the folder since before; a smaller one
      // goes first.
      if (rival.held || rival.id < own.id) own.withdraw();
      while (rival && !rival.held && clock.monotonic() < giveUpMs) {
        await sleep(clock, retryMs);
        rival = await strongestRival(room, own.id, clock);
        if (rival && rival.id < own.id) own.withdraw();
      }
      if (rival) throw refusal(folder, rival);
    }
  } catch (err) {
    await own.close();
    throw err;
  }
};

const refusal = (folder: string, { pid, sinceMs }: Claim) => {
  const who =
    pid > 0 ? `process ${pid}, since ${new Date(sinceMs).toISOString()}` : 'another process that does not answer';
  return new StartError(`The folder ${folder} is in use by ${who}. Stop it first, or choose another folder.`);
};

interface OwnClaim {
  readonly id: string;
  /** Shows the claim to others. Idempotent, like `withdraw`. */
  publish(): void;
  withdraw(): void;
  keep(): void;
  close(): Promise<void>;
}

const makeClaim = async (room: SocketRoom, sinceMs: number): Promise<OwnClaim> => {
  const id = randomUUID();
  const path = join(room.path, `claim-${id}.sock`);
  const draftName = `draft-${id}.sock`;
  const draft = join(room.path, draftName);
  let published = false;
  let held = false;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(JSON.stringify({ id, pid: process.pid, sinceMs, held } satisfies Claim));
  });
  await listenOn(server, join(room.address, draftName));
  let closing: Promise<void> | undefined;
  return {
    id,
    publish: () => {
      if (!published) renameSync(draft, path);
      published = true;
    },
    withdraw: () => {
      if (published) renameSync(path, draft);
      published = false;
    },
    keep: () => {
      held = true;
      server.unref();
    },
    close: () => {
      closing ??= new Promise<void>((resolve) => {
        rmSync(published ? path : draft, { force: true });
        server.close(() => {
          room.close();
          resolve();
        });
      });
      return closing;
    },
  };
};

const listenOn = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (err) => reject(new StartError(`No lock can be made at ${path}: ${err.message}.`)));
    server.listen(path, () => resolve());
  });

/** A holder if there is one, else the rival with the smallest id; claims of dead processes are removed on the way. */
const strongestRival = async (room: SocketRoom, ownId: string, clock: Clock): Promise<Claim | undefined> => {
  const names = readdirSync(room.path).filter((name) => claimName.test(name) && name !== `claim-${ownId}.sock`);
  const rivals: Claim[] = [];
  for (const name of names) {
    const answer = await ask(join(room.address, name), name.slice('claim-'.length, -'.sock'.length), clock);
    if (answer === 'dead') rmSync(join(room.path, name), { force: true });
    else if (answer !== 'withdrawn') rivals.push(answer);
  }
  return rivals.find((rival) => rival.held) ?? rivals.sort((a, b) => (a.id < b.id ? -1 : 1))[0];
};

/** What the process behind a claim says. One that lives but says nothing counts as holding the folder. */
const ask = (path: string, id: string, clock: Clock): Promise<Claim | 'dead' | 'withdrawn'> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect(path);
    const finish = (claim: Claim | 'dead' | 'withdrawn') => {
      timer.cancel();
      socket.destroy();
      resolve(claim);
    };
    const silent: Claim = { id, pid: 0, sinceMs: 0, held: true };
    const timer = clock.after(answerTimeoutMs, () => finish(silent));
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    // A holder that ran out of file descriptors hangs up without a word; it lives all the same.
    socket.on('end', () => finish(readClaim(text) ?? silent));
    socket.on('error', (err: NodeJS.ErrnoException) => {
      if (err.code === 'ENOENT') finish('withdrawn');
      else finish(err.code === 'ECONNREFUSED' || err.code === 'ECONNRESET' ? 'dead' : silent);
    });
  });

const readClaim = (text: string): Claim | undefined => {
  try {
    return JSON.parse(text) as Claim;
  } catch {
    return undefined;
  }
};
