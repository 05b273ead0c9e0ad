import type { Timer } from '../clock.js';
import type { Connection } from './connection.js';
import { isFrame } from './frame.js';
import { createLiveSocket, type LiveSocket, type LiveSocketDeps } from './live-socket.js';

export interface LiveConnectionDeps extends LiveSocketDeps {
  /**
   * One frame over REST; where the session is over, that comes out here, since a browser does not tell why no socket
   * opens. @throws Problem
   */
  readonly read: () => Promise<unknown>;
}

/** So long without a frame, and the page reads instead of waiting: longer than a usual reconnect takes. */
const patienceMs = 5_000;
/**
 * The same while nothing is shown yet. A socket that opens has its first frame much sooner; one that is refused is not
 * waited for at all.
 */
const firstPatienceMs = 1_000;
/** How often it reads; the page says so. */
export const readEveryMs = 3_000;
/** Readings of many pages do not come at one moment. */
const jitter = 0.1;

/**
 * Frames over the socket, and while no socket gets through (a proxy or a filter in between) over REST, read again and
 * again. The socket is tried all the while, and what comes over it ends the reading.
 */
export const createLiveConnection = (deps: LiveConnectionDeps): LiveSocket => {
  const { clock, random, read, onFrame, onConnection } = deps;
  let timer: Timer | undefined;
  let told: Connection | undefined;
  /** Of the socket; `reconnecting` as soon as one was lost or never opened. */
  let state: Connection = 'connecting';
  /** Whether the last reading was answered. */
  let answered = false;
  /** Nothing came yet, and the first reading may still answer: nobody is told that nothing is reached. */
  let opening = true;
  /** Counts the readings; what an earlier one brings late is dropped. */
  let turn = 0;

  const tell = () => {
    const next = state !== 'reconnecting' ? state : answered ? 'reading' : opening ? 'connecting' : state;
    if (next === told) return;
    told = next;
    onConnection(next);
  };
  const endOpening = () => {
    opening = false;
    tell();
  };
  const stop = () => {
    turn++;
    opening = false;
    timer?.cancel();
    timer = undefined;
    answered = false;
  };
  const readAfter = (ms: number) => {
    timer?.cancel();
    timer = clock.after(ms, () => void readNow());
  };
  const take = (frame: unknown) => {
    const before = answered;
    answered = isFrame(frame);
    if (isFrame(frame)) onFrame(frame);
    // Somebody is there (again), so the socket need not wait for its turn.
    if (answered && !before) socket.retry();
  };
  const readNow = async () => {
    const mine = ++turn;
    timer?.cancel();
    if (opening) timer = clock.after(patienceMs, endOpening);
    const frame = await read().catch(() => undefined); // Told as a connection that is lost.
    if (mine !== turn) return;
    opening = false;
    take(frame);
    tell();
    readAfter(readEveryMs * (1 + jitter * (2 * random() - 1)));
  };

  const socket: LiveSocket = createLiveSocket({
    ...deps,
    onConnection: (next) => {
      state = next;
      if (next === 'live' || next === 'refused') stop();
      else if (opening && turn === 0 && next === 'reconnecting') void readNow();
      else timer ??= clock.after(opening ? firstPatienceMs : patienceMs, () => void readNow());
      tell();
    },
  });
  return {
    offer: socket.offer,
    setChannels: socket.setChannels,
    setView: socket.setView,
    retry: () => {
      socket.retry();
      if (timer && state !== 'live') void readNow();
    },
    close: () => {
      stop();
      socket.close();
    },
  };
};
