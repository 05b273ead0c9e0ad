// What a browser may refuse to a page (cookies and storage blocked, opened by plain http, a private window), each with
// something in its stead: without it the page has less, but it is there.

/** What is kept from visit to visit; as long as the tab, where the browser keeps nothing. */
export interface Keeping extends Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  /** False where it ends with the tab. */
  readonly lasts: boolean;
}

const probe = 'tickfolio.probe';

/** @param open may throw, and so may whatever is done with what it returns @param prefix of every key */
export const createKeeping = (open: () => Storage, prefix = ''): Keeping => {
  const memory = new Map<string, string>();
  const attempt = <T>(work: (storage: Storage) => T): T | undefined => {
    try {
      return work(open());
    } catch {
      return undefined; // Blocked, or full: the memory has it.
    }
  };
  const lasts = attempt((storage) => {
    storage.setItem(probe, '1');
    storage.removeItem(probe);
    return true;
  });
  return {
    lasts: lasts === true,
    getItem: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(prefix + key)) ?? null,
    setItem: (key, value) => {
      const kept = attempt((storage) => {
        storage.setItem(prefix + key, value);
        return true;
      });
      if (kept) memory.delete(key);
      else memory.set(key, value);
    },
    removeItem: (key) => {
      memory.delete(key);
      attempt((storage) => storage.removeItem(prefix + key));
    },
  };
};

type Channel = Pick<BroadcastChannel, 'postMessage' | 'onmessage'>;

/** Reaches the other tabs; where that is refused each is alone. */
export const openChannel = (
  name: string,
  open: (name: string) => Channel = (given) => new BroadcastChannel(given),
): Channel => {
  try {
    return open(name);
  } catch {
    return { postMessage: () => undefined, onmessage: null };
  }
};

/** One tab at a time; undefined where the browser has no such thing. */
export const findLocks = (find: () => LockManager | undefined = () => navigator.locks): LockManager | undefined => {
  try {
    return find();
  } catch {
    return undefined;
  }
};

type Workers = Pick<ServiceWorkerContainer, 'register' | 'ready' | 'controller'>;

/** What opens the page without a network; where it is refused the page needs one. */
export const registerWorker = async (
  address: string,
  find: () => Workers | undefined = () => navigator.serviceWorker,
): Promise<void> => {
  try {
    const workers = find();
    await workers?.register(address);
    if (!workers || workers.controller) return;
    // The worker takes the pages that are open when it begins. One that was between two documents just then, or was
    // loaded past it, would stay without it for as long as it is open.
    const { active } = await workers.ready;
    if (!workers.controller) active?.postMessage('claim');
  } catch {
    // Refused by the browser, or of another build than the page for a moment: it is tried again with the next visit.
  }
};

/**
 * Whether cookies are kept here at all, by trying it: `navigator.cookieEnabled` is true also in a Chromium that blocks
 * them.
 */
export const takesCookies = (jar: Pick<Document, 'cookie'> = document): boolean => {
  try {
    jar.cookie = `${probe}=1; SameSite=Strict`;
    const kept = jar.cookie.includes(`${probe}=1`);
    jar.cookie = `${probe}=; SameSite=Strict; Max-Age=0`;
    return kept;
  } catch {
    return false;
  }
};
