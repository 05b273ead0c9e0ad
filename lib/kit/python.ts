import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from './process.js';

const run = promisify(execFile);

/** Where the client for Python lies, for `PYTHONPATH`. */
export const pythonClient = join(projectRoot, 'clients/python');
/** The one that the client was set up for, then the machine's own. */
const candidates = [join(pythonClient, '.venv/bin/python'), 'python3', '/usr/bin/python3'];

const needs = `
import sys, httpx, websockets.asyncio.client
assert sys.version_info >= (3, 10)`;

/**
 * A Python that has what the client needs; undefined where there is none, which is said loudly: Python is optional on a
 * user's machine. @throws Error on the build server, which installs it
 */
export const findPython = async (): Promise<string | undefined> => {
  for (const python of candidates) {
    if (python.includes('/') && !existsSync(python)) continue;
    const fits = await run(python, ['-c', needs]).then(
      () => true,
      () => false, // Told below.
    );
    if (fits) return python;
  }
  const lack = 'Python 3.10 with httpx and websockets 13 (pip install ./clients/python)';
  if (process.env.CI && !process.env.WITHOUT_PYTHON) throw new Error(`${lack} must be installed in CI`);
  console.warn(`NOT COVERED here: the client in Python, for want of ${lack}`);
  return undefined;
};
