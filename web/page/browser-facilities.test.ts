import { describe, expect, it } from 'vitest';
import { createKeeping, findLocks, openChannel, registerWorker, takesCookies } from './browser-facilities.js';

/** A browser that keeps things for a page, until it is told otherwise. */
const createBrowser = () => {
  const kept = new Map<string, string>();
  const browser = { blocked: false, full: false };
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (browser.full) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
    removeItem: (key: string) => void kept.delete(key),
  } as Storage;
  const open = () => {
    if (browser.blocked) throw new DOMException('Access is denied for this document.', 'SecurityError');
    return storage;
  };
  return { browser, kept, open };
};
const denied = (): never => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

describe('a browser that blocks storage', () => {
  it('still has a page that works, for as long as its tab is open', () => {
    const { browser, kept, open } = createBrowser();
    browser.blocked = true;
    const keeping = createKeeping(open);
    keeping.setItem('theme', 'dark');
    expect([keeping.lasts, keeping.getItem('theme'), keeping.getItem('other'), kept.size]).toEqual([
      false,
      'dark',
      null,
      0,
    ]);
    keeping.removeItem('theme');
    expect(keeping.getItem('theme')).toBeNull();
  });
  it('may do so only later, or be full: what was said last counts', () => {
    const { browser, kept, open } = createBrowser();
    const keeping = createKeeping(open);
    keeping.setItem('theme', 'light');
    browser.full = true;
    keeping.setItem('theme', 'dark');
    expect([keeping.lasts, keeping.getItem('theme')]).toEqual([true, 'dark']);
    browser.full = false;
    keeping.setItem('theme', 'system');
    expect([keeping.getItem('theme'), kept.get('theme')]).toEqual(['system', 'system']);
    browser.blocked = true;
    expect(keeping.getItem('theme')).toBeNull();
  });
  it('has no channel and no locks between tabs, and that is no fault', () => {
    expect(() => openChannel('x', denied).postMessage('anything')).not.toThrow();
    expect(findLocks(denied)).toBeUndefined();
  });
  it('is found out by trying, also where it says of itself that it takes cookies', () => {
    const jar = (takes: boolean) => {
      let kept = 'other=1';
      return {
        get cookie() {
          return kept;
        },
        set cookie(text: string) {
          if (takes) kept = /Max-Age=0/.test(text) ? 'other=1' : `${kept}; ${text.split(';')[0]}`;
        },
      };
    };
    const [good, bad] = [jar(true), jar(false)];
    expect([takesCookies(good), good.cookie, takesCookies(bad)]).toEqual([true, 'other=1', false]);
    const throwing = { cookie: '' };
    Object.defineProperty(throwing, 'cookie', { get: denied, set: denied });
    expect(takesCookies(throwing)).toBe(false);
  });
});

describe('a page whose worker is registered', () => {
  /** @param takes what has the page by the time that a worker is ready, if anything has */
  const createWorkers = (first: ServiceWorker | null, takes = first) => {
    const told: unknown[] = [];
    const active = { postMessage: (message: unknown) => told.push(message) } as unknown as ServiceWorker;
    const registration = { active } as ServiceWorkerRegistration;
    const workers = {
      controller: first,
      register: async () => registration,
      get ready() {
        workers.controller = takes;
        return Promise.resolve(registration);
      },
    };
    return { workers, told };
  };
  const worker = {} as ServiceWorker;
  it('asks to be taken where the worker began while it was between two documents', async () => {
    const { workers, told } = createWorkers(null);
    await registerWorker('/worker.js', () => workers);
    expect(told).toEqual(['claim']);
  });
  it.each([
    ['has the page', worker, worker],
    ['takes it as it begins', null, worker],
  ])('asks for nothing where the worker %s', async (_what, first, takes) => {
    const { workers, told } = createWorkers(first, takes);
    await registerWorker('/worker.js', () => workers);
    expect(told).toEqual([]);
  });
  it('goes on without one where the browser has none, or refuses it', async () => {
    const { workers, told } = createWorkers(null);
    await registerWorker('/worker.js', () => undefined);
    await registerWorker('/worker.js', denied);
    await registerWorker('/worker.js', () => ({ ...workers, register: async () => denied() }));
    expect(told).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is apart from that of another instance under another path of the same host', () => {
    const { kept, open } = createBrowser();
    createKeeping(open).setItem('tickfolio.session', '1');
    const other = createKeeping(open, '/tickfolio/');
    expect(other.getItem('tickfolio.session')).toBeNull();
    other.setItem('tickfolio.session', '1');
    expect([...kept.keys()]).toEqual(['tickfolio.session', '/tickfolio/tickfolio.session']);
  });
});
