import { startProcess } from '@tickfolio/lib/kit/process';
import { expect, it } from 'vitest';
import { checkOpenFiles } from './open-files.js';

it('says in one sentence that the machine lets too few files be open, before anything is made', async () => {
  const limited = ['-c', 'ulimit -n 256 && exec "$0" standalone/dist/bundle/main.js', process.execPath];
  const run = startProcess('sh', limited, { DATA_DIR: '/nowhere/to/be/made', HTTP_PORT: '0' });
  expect((await run.ended).code).toBe(1);
  expect(run.output()).toBe(
    'This machine lets a process have 256 files and connections open, and tickfolio needs 512 to start. Raise the limit first: ulimit -n 4096\n',
  );
});

it.each([
  {},
  { userLimits: { open_files: { soft: 512, hard: 512 } } },
  { userLimits: { open_files: { soft: 'unlimited', hard: 'unlimited' } } },
])('starts with %j', (report) => {
  expect(() => checkOpenFiles(report)).not.toThrow();
});
