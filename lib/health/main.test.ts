import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { freePort } from '../kit/free-port.js';

const command = fileURLToPath(new URL('../dist/health/main.js', import.meta.url));

it('says to who asks why a container is not well that nobody listens there, not that a fetch failed', async () => {
  const address = `http://127.0.0.1:${await freePort()}/ready`;
  await expect(promisify(execFile)(process.execPath, [command, address])).rejects.toThrow('ECONNREFUSED');
});
