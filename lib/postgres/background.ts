import { AsyncLocalStorage } from 'node:async_hooks';

const background = new AsyncLocalStorage<true>();

/**
 * Runs work that nobody waits for: removing what is over, comparing, relaying. Where a database has one connection, the
 * statements in it wait while requests have any, up to a second each. Elsewhere it changes nothing.
 */
export const inBackground = <T>(work: () => T): T => background.run(true, work);

/** Whether what is asked now is asked by such work. */
export const isInBackground = (): boolean => background.getStore() === true;
