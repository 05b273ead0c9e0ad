import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '@tickfolio/lib/errors';
import { createLane } from '@tickfolio/lib/lane';

/** Hashes and checks passwords with argon2id, off the event loop, a bounded number at a time. */
export interface PasswordHasher {
  /** @returns the hash with its parameters, as text. @throws AppError resource_exhausted, canceled */
  hash(password: string, signal?: AbortSignal): Promise<string>;
  /** Without a hash it works just as long and answers false. @throws AppError resource_exhausted, canceled */
  verify(passwordHash: string | undefined, password: string, signal?: AbortSignal): Promise<boolean>;
  readonly waiting: number;
}

/** What one hash takes of whoever guesses. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

export interface PasswordHasherOptions {
  /** Each takes 19 MiB and a thread for about 50 ms. Default 2. */
  readonly maxConcurrent?: number;
  /** How many may wait for their turn; more are refused. Default 32. */
  readonly maxWaiting?: number;
  /** Default OWASP's minimum: 19 MiB, two passes, one lane. */
  readonly cost?: PasswordCost | undefined;
}

const usualCost: PasswordCost = { memoryKib: 19_456, passes: 2, lanes: 1 };
/** When to try again if too many wait: about as long as they take. */
const retryAfterMs = 2_000;

export const createPasswordHasher = async (options: PasswordHasherOptions = {}): Promise<PasswordHasher> => {
  const { maxConcurrent = 2, maxWaiting = 32, cost: { memoryKib, passes, lanes } = usualCost } = options;
  // argon2id is the library's default algorithm.
  const cost = { memoryCost: memoryKib, timeCost: passes, parallelism: lanes };
  const nobodys = await hash(randomBytes(32).toString('base64url'), cost);
  const full = () =>
    new AppError('resource_exhausted', 'Too many people sign in at the moment; please try again shortly.', {
      retryAfterMs,
    });
  const lane = createLane({
    width: maxConcurrent,
    maxWaiting,
    refuse: (why) => (why === 'left' ? new AppError('canceled', 'The caller left.') : full()),
  });
  return {
    hash: (password, signal) => lane.run(() => hash(password, cost), signal),
    verify: async (passwordHash, password, signal) => {
      const matches = await lane.run(() => verify(passwordHash ?? nobodys, password), signal);
      return matches && passwordHash !== undefined;
    },
    get waiting() {
      return lane.waiting;
    },
  };
};
