import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AllInOne } from './test-all-in-one.js';
import { signUp } from './test-client.js';
import { projectRoot, startProcess } from './test-process.js';

const run = promisify(execFile);
const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** The code blocks of a language, in their order. */
const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

/** What the README lets its reader paste, on a run that has just started. */
export const describeReadmeWalk = (of: () => AllInOne): void => {
  describe('the walk through the README, as pasted', () => {
    let scratch: string;
    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'readme-'));
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));
    /** The only differences to what a reader pastes: this run's port, and a place for the cookies that no other test uses. */
    const here = (code: string): string =>
      code.replaceAll('localhost:8080', of().base.replace('http://', '')).replaceAll('/tmp/tickfolio.jar', join(scratch, 'jar'));

    it('in a shell: registers, signs in, adds coins, shows the portfolio and its live value by wscat', async () => {
      const walk = blocks('sh').find((code) => code.includes('/auth/register')) ?? '';
      const shell = startProcess('bash', ['-c', `exec 0< <(sleep 60)\nset -e\n${here(walk)}`], {}, 'with its children');
      await shell.waitFor(/"TotalValue":"[1-9]\d*(\.\d+)?"/, 30_000);
      await shell.end('SIGTERM');
      const text = shell.output();
      expect(text).toContain('user created successfully');
      expect(text).toMatch(/"Symbol":"btcusdt","Quantity":"1\.5"/);
      expect(text).toMatch(/"Symbol":"ethusdt","Quantity":"10"/);
      expect(text).toMatch(/"UserName":"alice","Version":\d+,"TotalValue"/);
    });

    it('refreshes and signs out by the cookie that the shell kept', async () => {
      const line = /`(curl [^`]*\/auth\/refresh)`/.exec(readme)?.[1] ?? '';
      const refreshed = await run('bash', ['-c', here(line)]);
      expect(JSON.parse(refreshed.stdout)).toEqual({ accessToken: expect.stringMatching(/^\S+\.\S+\.\S+$/) });
      const out = await run('bash', ['-c', here(line).replace('/auth/refresh', '/auth/logout')]);
      expect(JSON.parse(out.stdout)).toEqual({ message: 'logged out successfully' });
    });

    it('in Python', async () => {
      const [program = ''] = blocks('python');
      const installed = await run('/usr/bin/python3', ['-c', 'import websockets']).then(
        () => true,
        () => false,
      );
      if (!installed) {
        if (process.env.CI) throw new Error('python3-websockets must be installed in CI');
        console.warn('not covered here: Python (package python3-websockets is not installed)');
        return;
      }
      // A fragment is pasted into `python3 -m asyncio`, where `await` stands by itself, after the names that it uses.
      const person = await signUp(of().base);
      await person.addCoin('btcusdt', '1.5');
      const isWhole = program.includes('asyncio.run(');
      const code = isWhole
        ? here(program)
        : `import ast, asyncio, websockets\ntoken = ${JSON.stringify(person.token())}\nasyncio.run(eval(compile(${JSON.stringify(here(program))}, "README", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)))`;
      const python = startProcess('/usr/bin/python3', ['-u', '-c', code], {});
      await python.waitFor(isWhole ? /^[1-9]\d*(\.\d+)?\n(.*\n)*[1-9]\d*(\.\d+)?$/m : /"TotalValue":"/, 20_000);
      await python.end('SIGTERM');
    });

    it('in a browser', async () => {
      const [program = ''] = blocks('js');
      const person = await signUp(of().base);
      await person.addCoin('btcusdt', '1.5');
      const shown: unknown[] = [];
      const sockets: WebSocket[] = [];
      const BrowserSocket = class extends WebSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          sockets.push(this);
        }
      };
      const priced = new Promise<void>((resolve) => {
        const page = { log: (value: unknown) => shown.push(value) && typeof value === 'string' && value !== '0' && resolve() };
        new Function('WebSocket', 'accessToken', 'console', here(program))(BrowserSocket, person.token(), page);
      });
      await priced;
      expect(shown.at(-1)).toMatch(/^[1-9]\d*(\.\d+)?$/);
      for (const socket of sockets) socket.terminate();
    });
  });
};
