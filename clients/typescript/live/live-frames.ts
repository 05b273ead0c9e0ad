import type { ChannelName } from '@tickfolio/api/messages';
import type { Balance, Frame, OrderTold } from '../bodies.js';
import { Problem, signedOut } from '../session/problem.js';
import type { Session } from '../session/session.js';
import type { LiveOptions } from '../tickfolio.js';
import { createLatest } from './latest.js';
import { createLiveConnection } from './live-connection.js';
import type { LiveSocketDeps } from './live-socket.js';
import { LiveStopped } from './live-stopped.js';

export interface LiveFramesDeps extends Pick<LiveSocketDeps, 'clock' | 'random' | 'open' | 'onPause'> {
  readonly session: Session;
}

/**
 * The frames of who is signed in, one by one; who is slow gets the newest. It ends with the signal, or when nobody asks
 * for more. @throws Problem 401 when the session is over or is another user's, 404 or 409 for a portfolio that is not
 * shown, LiveStopped when the server wants no more of it
 */
export async function* liveFrames(deps: LiveFramesDeps, options: LiveOptions): AsyncGenerator<Frame, void> {
  const { session, ...others } = deps;
  const { signal, portfolioId, onConnection = () => undefined, onBalance, onOrder, onResync } = options;
  if (signal?.aborted) return;
  if (session.state.kind === 'signed-out') throw signedOut();
  const latest = createLatest<Frame>();
  let userId: string | undefined;
  /** Whether who is signed in now is who was when this began; what is another's is nothing of it. */
  const isOwn = () => {
    if (session.state.kind !== 'signed-in') return session.state.kind === 'unknown';
    userId ??= session.state.userId;
    return userId === session.state.userId;
  };
  const own = (token: string): string => {
    if (!isOwn()) throw signedOut();
    return token;
  };
  isOwn();
  /** Tells who listens; what they throw ends the frames. */
  const tell = (work: () => void) => {
    try {
      work();
    } catch (thrown) {
      latest.fail(thrown);
    }
  };
  const connection = createLiveConnection({
    ...others,
    token: async () => own(await session.token()),
    renew: async () => own(await session.renew()),
    // Over REST there are frames of the default one alone.
    read: async () => {
      if (portfolioId !== undefined && portfolioId !== 'default') throw new Problem(0, '');
      return session.call('GET', '/api/v1/profile/frame');
    },
    portfolioId,
    onRefused: (reason, detail) => latest.fail(new Problem(reason === 'not-found' ? 404 : 409, detail, { reason })),
    onFrame: (frame) => latest.put(frame as Frame),
    onConnection: (next) => tell(() => onConnection(next)),
    onBalance: onBalance && ((balance) => tell(() => onBalance(balance as Balance))),
    onOrder: onOrder && ((order) => tell(() => onOrder(order as OrderTold))),
    onResync: onResync && (() => tell(onResync)),
    onStop: (code) => latest.fail(new LiveStopped(code)),
  });
  const channels: readonly ChannelName[] = [
    ...(onBalance || (onResync && !onOrder) ? (['balances'] as const) : []),
    ...(onOrder ? (['orders'] as const) : []),
  ];
  connection.setChannels(channels);
  const offToken = session.onToken((token) => isOwn() && connection.offer(token));
  const offSession = session.subscribe(() => isOwn() || latest.fail(signedOut()));
  signal?.addEventListener('abort', latest.end);
  try {
    for (let frame = await latest.take(); frame !== undefined; frame = await latest.take()) yield frame;
  } finally {
    signal?.removeEventListener('abort', latest.end);
    offToken();
    offSession();
    connection.close();
  }
}
