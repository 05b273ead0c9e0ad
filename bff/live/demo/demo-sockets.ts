import type { AccessToken } from '@tickfolio/lib/access-token';
import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { addressKey } from '@tickfolio/lib/throttle/client-address';
import { demoOwner, demoSymbols } from './demo-portfolio.js';

/** Of one address at once: a few tabs, or a few people behind one connection. */
const maxPerAddress = 8;
/** Of all together, so that who only looks takes no place from who has something here. */
const maxSockets = 500;
const maxShare = 1 / 4;
/** Symbols are followed for a minute; while somebody looks it is asked for again before. */
const followEveryMs = 25_000;
/** What could not be followed is asked for again, and how often it is looked at whether something is to be. */
const lookEveryMs = 5_000;

/** Read only, and of nobody: there is nothing that could run out. */
const demoToken: AccessToken = { ...demoOwner, sessionId: demoOwner.userId, expiresAtMs: Number.POSITIVE_INFINITY };

export interface DemoSocketsDeps {
  /** Has a symbol followed for the next minute, by all replicas. @throws AppError where that cannot be had now */
  readonly follow: (symbol: string) => Promise<void>;
  readonly clock: Pick<Clock, 'every' | 'monotonic'>;
  /** Of everybody here together. */
  readonly maxOfAll: number;
  /** Why something could not be followed, told once a try; prices of before are shown meanwhile. */
  readonly failed: (err: unknown) => void;
}

/** Who looks at the demo, and as whom. */
export interface DemoSockets {
  readonly token: AccessToken;
  /** @throws AppError resource_exhausted for one too many of an address, unavailable for one too many of all */
  requireRoom(address: string): void;
  /** @returns to be called when it is closed */
  enter(address: string): () => void;
  close(): void;
}

export const createDemoSockets = ({ follow, clock, maxOfAll, failed }: DemoSocketsDeps): DemoSockets => {
  const open = new Map<string, number>();
  const most = Math.min(maxSockets, Math.ceil(maxOfAll * maxShare));
  let count = 0;
  /** From when it is to be asked for again, monotonic. Who comes and goes costs no more than who stays. */
  let dueMs = Number.NEGATIVE_INFINITY;
  let isAsking = false;
  const followAll = async () => {
    if (isAsking || clock.monotonic() < dueMs) return;
    isAsking = true;
    const faults: unknown[] = [];
    for (const symbol of demoSymbols) await follow(symbol).catch((err: unknown) => void faults.push(err));
    dueMs = clock.monotonic() + (faults.length > 0 ? lookEveryMs : followEveryMs);
    if (faults.length > 0) failed(faults[0]);
    isAsking = false;
  };
  const look = clock.every(lookEveryMs, () => {
    if (count > 0) void followAll();
  });
  return {
    token: demoToken,
    requireRoom: (address) => {
      if ((open.get(addressKey(address)) ?? 0) >= maxPerAddress)
        throw new AppError('resource_exhausted', 'Too many demo connections of this address.', { retryAfterMs: 5_000 });
      if (count >= most)
        throw new AppError('unavailable', 'No more demo connections are taken at the moment.', { retryAfterMs: 5_000 });
    },
    enter: (clientAddress) => {
      const address = addressKey(clientAddress);
      open.set(address, (open.get(address) ?? 0) + 1);
      if (++count === 1) void followAll();
      return () => {
        count -= 1;
        const others = (open.get(address) ?? 1) - 1;
        if (others > 0) open.set(address, others);
        else open.delete(address);
      };
    },
    close: () => look.cancel(),
  };
};
