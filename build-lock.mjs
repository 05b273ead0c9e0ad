// `node build-lock.mjs <command>` runs a shell command in this folder while nobody else does the same: whoever comes
// second waits, and then finds everything built. Plain JavaScript of Node alone, because it runs before anything is
// compiled.
import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

process.chdir(import.meta.dirname); // Addresses of sockets must be short.
const room = 'dist/build-lock';
const retryMs = 100;
/** Several times what a first build takes on a slow machine. */
const maxWaitMs = 15 * 60_000;

/**
 * Every turn is a listening socket under the next number, which the command's processes have open too: the kernel stops
 * answering on it when the last of them ends, however that happens. The highest number is never removed, so whoever
 * takes a number that was removed already finds a higher one and withdraws.
 */
const turns = () =>
  readdirSync(room)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((one, other) => one - other);

const isRunning = (turn) =>
  new Promise((resolve) => {
    const socket = connect(`${room}/${turn}`);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // A process with too many callers is there all the same.
    socket.on('error', ({ code }) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });

/** It listens before it has its number: one that is refused is over. */
const listen = async () => {
  const draft = `${room}/draft-${process.pid}`;
  rmSync(draft, { force: true });
  const server = createServer((socket) => socket.on('error', () => undefined).destroy());
  await new Promise((resolve, reject) => server.once('error', reject).listen(draft, resolve));
  return { server: server.unref(), draft };
};

/** @returns false where another one has the number, or a higher one */
const take = (turn, draft) => {
  const name = `${room}/${turn}`;
  try {
    linkSync(draft, name);
  } catch (err) {
    if (err.code === 'EEXIST') return false;
    throw err;
  }
  const others = turns();
  if (others.at(-1) > turn) rmSync(name, { force: true });
  else for (const past of others) if (past < turn) rmSync(`${room}/${past}`, { force: true });
  return !(others.at(-1) > turn);
};

/** @returns the server that holds the turn; undefined where another one goes on for too long */
const waitForTurn = async () => {
  mkdirSync(room, { recursive: true });
  const { server, draft } = await listen();
  const giveUpMs = performance.now() + maxWaitMs;
  let told = false;
  try {
    for (;;) {
      const last = turns().at(-1) ?? 0;
      if (last === 0 || !(await isRunning(last))) {
        if (take(last + 1, draft)) return server;
        continue;
      }
      if (!told) console.error('Another build is running in this folder; waiting for it ...');
      told = true;
      if (performance.now() > giveUpMs) return undefined;
      await sleep(retryMs);
    }
  } finally {
    rmSync(draft, { force: true });
  }
};

// On a disk that has no sockets it is built all the same.
const turn = await waitForTurn().catch((err) => {
  console.error(`This disk cannot keep two builds apart (${err.message}): run one at a time.`);
  return null;
});
if (turn === undefined) {
  console.error(
    `Nothing was built: another build has been running in this folder for ${maxWaitMs / 60_000} minutes. End it first.`,
  );
  process.exit(1);
}
// The turn ends after the command, not before it: a compiler goes on where only its shell, or this process, was told to
// end. Node has no public name for a listening socket's number.
const socket = turn?._handle?.fd ?? 'ignore';
const child = spawn(process.argv.slice(2).join(' '), { shell: true, stdio: ['inherit', 'inherit', 'inherit', socket] });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code) => process.exit(code ?? 1));
