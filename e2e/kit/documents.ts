import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot, startProcess } from '@tickfolio/lib/kit/process';
import { findPython, pythonClient } from '@tickfolio/lib/kit/python';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AllInOne } from './all-in-one.js';
import { signUp } from './client.js';

const run = promisify(execFile);
const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

/** The code blocks of a language, in their order. */
const blocks = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code);

const docs = readdirSync(join(projectRoot, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => `docs/${path}`)
  .sort();
/** Pages that let their reader paste commands; that no other file does is held by tidy/documents.test.ts. */
const shellPages = docs.filter((page) => blocks(page, 'sh').length > 0);

/** A total that is not 0, then another line with one. */
const totals = /^[1-9]\d*(\.\d+)?\n(.*\n)*[1-9]\d*(\.\d+)?$/m;

/** What README, docs and examples/ let their reader paste or start, on a run that has just started. */
export const describeDocuments = (of: () => AllInOne): void => {
  describe('what the documents let one paste', () => {
    let scratch: string;
    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'documents-'));
    });
    afterAll(() => rm(scratch, { recursive: true, force: true }));
    /**
     * The only differences to what a reader pastes, besides B: this run's SQL port, and a place for the cookies that no
     * other test uses.
     */
    const here = (code: string): string => {
      const [, sql = ''] = /SQL +http:\/\/(\S+)/.exec(of().process.output()) ?? [];
      return code.replaceAll('localhost:8123', sql).replaceAll('/tmp/tickfolio.jar', join(scratch, 'jar'));
    };

    it('the walk of the README registers, signs in, adds coins, shows the portfolio and its live value by wscat', async () => {
      const [walk = ''] = blocks('README.md', 'sh');
      expect(read('examples/walk.sh')).toBe(`#!/bin/sh\n${walk}`);
      const shell = startProcess(
        'sh',
        ['-c', `sleep 60 | {\nset -e\n${here(walk)}}`],
        { B: of().base },
        'with its children',
      );
      await shell.waitFor(/"TotalValue":"[1-9]\d*(\.\d+)?"/, 30_000);
      await shell.end('SIGTERM');
      const text = shell.output();
      expect(text).toContain('user created successfully');
      expect(text).toMatch(/"Symbol":"btcusdt","Quantity":"1\.5"/);
      expect(text).toMatch(/"Symbol":"ethusdt","Quantity":"10"/);
      expect(text).toMatch(/"UserName":"alice","Version":\d+,"TotalValue"/);
    });

    it.each(shellPages)('the commands of %s succeed, one after the other', async (page) => {
      const { stdout } = await run('bash', ['-c', `set -e -o pipefail\n${here(blocks(page, 'sh').join('\n'))}`], {
        env: { ...process.env, B: of().base },
        timeout: 30_000,
      });
      expect(stdout).toMatch(/\S/);
      expect(stdout).not.toContain('urn:tickfolio:problem');
      expect(stdout).not.toContain('DB::Exception');
    });

    it('docs/api/rest.md refreshes, signs out and undoes', async () => {
      const text = blocks('docs/api/rest.md', 'sh').join('');
      for (const path of ['/auth/refresh', '/auth/logout', '/undo']) expect(text).toContain(path);
    });

    it('every address of REST that they name is one that the server describes', async () => {
      const { paths } = (await (await fetch(`${of().base}/docs/json`)).json()) as { paths: Record<string, unknown> };
      const described = new Set(Object.keys(paths).map((path) => path.replace(/\{[^}]+\}/g, ':')));
      const named = ['README.md', 'bff/README.md', ...docs].flatMap((page) =>
        [...read(page).matchAll(/(\/api\/v1\/[\w:/-]+)(?![\w$]|\/\$)/g)].map(([, path = '']) => ({
          page,
          path: path.replace(/:\w+/g, ':'),
        })),
      );
      expect(named.length).toBeGreaterThan(10);
      expect(named.filter(({ path }) => !described.has(path))).toEqual([]);
    });

    it('examples/watch.py prints the total', async () => {
      const python = await findPython();
      if (python === undefined) return;
      const watch = startProcess(python, ['examples/watch.py', of().base], { PYTHONPATH: pythonClient });
      await watch.waitFor(totals, 20_000);
      await watch.end('SIGTERM');
    });

    it('examples/watch.ts prints the total', async () => {
      const watch = startProcess(process.execPath, ['examples/dist/watch.js', of().base], {});
      await watch.waitFor(totals, 20_000);
      await watch.end('SIGTERM');
    });

    it('a page in a browser shows the total', async () => {
      const [program = ''] = blocks('docs/clients/own.md', 'js');
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
        const page = {
          log: (value: unknown) => shown.push(value) && typeof value === 'string' && value !== '0' && resolve(),
        };
        const code = program.replaceAll('localhost:8080', of().base.replace('http://', ''));
        new Function('WebSocket', 'accessToken', 'console', code)(BrowserSocket, person.token(), page);
      });
      await priced;
      expect(shown.at(-1)).toMatch(/^[1-9]\d*(\.\d+)?$/);
      for (const socket of sockets) socket.terminate();
    });
  });
};
