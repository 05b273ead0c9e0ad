import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { projectRoot, startProcess } from '@tickfolio/lib/kit/process';
import { findPython, pythonClient } from '@tickfolio/lib/kit/python';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { AllInOne } from './all-in-one.js';
import { signUp } from './client.js';
import { Exact } from './price-record.js';

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
      // A page may name a path as it is asked for, with a symbol in its place.
      const described = Object.keys(paths).map((path) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}/?$`));
      const named = ['README.md', 'bff/README.md', ...docs].flatMap((page) =>
        [...read(page).matchAll(/(\/api\/v1\/[\w:/-]+)(?![\w$]|\/\$)/g)].map(([, path = '']) => ({
          page,
          path: path.replace(/:\w+/g, ':'),
        })),
      );
      expect(named.length).toBeGreaterThan(10);
      expect(named.filter(({ path }) => !described.some((one) => one.test(path)))).toEqual([]);
    });

    it('examples/watch.py prints the total', async () => {
      const python = await findPython();
      if (python === undefined) return;
      const watch = startProcess(python, ['examples/watch.py', of().base], { PYTHONPATH: pythonClient });
      await watch.waitFor(totals, 60_000);
      await watch.end('SIGTERM');
    });

    it('examples/telegram-alert.ts tells a chat once that the portfolio rose above the total', async () => {
      const told: unknown[] = [];
      const telegram = createServer((request, response) => {
        void json(request).then((body) => {
          told.push([request.url, body]);
          response.end('{"ok":true}');
        });
      });
      await new Promise<void>((resolve) => telegram.listen(0, '127.0.0.1', resolve));
      const { port } = telegram.address() as AddressInfo;
      const person = await signUp(of().base);
      const alert = startProcess(
        process.execPath,
        ['examples/dist/telegram-alert.js', '1', of().base, person.name, 'correct horse battery'],
        { TELEGRAM_TOKEN: 'bot-1', TELEGRAM_CHAT: '7', TELEGRAM_URL: `http://127.0.0.1:${port}` },
      );
      await alert.waitFor(/stands at 0 USDT/, 60_000);
      await person.addCoin('btcusdt', '1.5');
      await eventually('a message', () => told[0], 60_000);
      await alert.end('SIGTERM');
      telegram.close();
      const text: unknown = expect.stringMatching(/rose above 1 USDT: [1-9]\d*(\.\d+)?$/);
      expect(told).toEqual([['/botbot-1/sendMessage', { chat_id: '7', text }]]);
    });

    it('examples/export-to-sheet.py writes what is held and what it was worth, with every digit', async () => {
      const python = await findPython();
      if (python === undefined) return;
      await run(python, ['examples/export-to-sheet.py', scratch, of().base], {
        cwd: projectRoot,
        env: { ...process.env, PYTHONPATH: pythonClient },
      });
      const rows = readFileSync(join(scratch, 'holdings.csv'), 'utf8').trimEnd().split('\r\n');
      const totals = rows.slice(1).map((row) => row.split('","')[3] ?? '');
      expect(rows[0]).toBe('\ufeff"symbol","quantity","price","total in USDT","time"');
      expect(rows.map((row) => row.split('"')[1])).toEqual(['symbol', 'btcusdt', 'ethusdt', 'total']);
      const sum = totals.slice(0, -1).reduce((all, total) => all.plus(total), new Exact(0));
      expect(sum.toFixed()).toBe(totals.at(-1));
      expect(readFileSync(join(scratch, 'value.csv'), 'utf8')).toMatch(/^\ufeff"time","value in USDT"\r\n/);
    });

    it('examples/notebook.ipynb runs from its first cell to its last', async () => {
      const python = await findPython();
      if (python === undefined) return;
      const { cells } = JSON.parse(read('examples/notebook.ipynb')) as {
        cells: { cell_type: string; source: string[] }[];
      };
      const program = cells.filter((cell) => cell.cell_type === 'code').map(({ source }) => source.join(''));
      const { stdout } = await run(python, ['-c', program.join('\n')], {
        env: { ...process.env, PYTHONPATH: pythonClient, TICKFOLIO_URL: of().base },
        timeout: 60_000,
      });
      expect(stdout).toMatch(/^btcusdt +1\.5 × /m);
    });

    it('examples/grafana-datasource.json names an archive that answers as Grafana asks it', async () => {
      const { jsonData } = JSON.parse(read('examples/grafana-datasource.json')) as {
        jsonData: Record<'host' | 'port' | 'protocol' | 'username' | 'defaultDatabase' | 'defaultTable', string>;
      };
      const { host, port, protocol, username, defaultDatabase, defaultTable } = jsonData;
      const answer = await fetch(`${protocol}://${here(`${host}:${port}`)}/?database=${defaultDatabase}`, {
        method: 'POST',
        headers: { 'x-clickhouse-user': username },
        body: `SELECT count() FROM ${defaultTable}`,
      });
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringMatching(/^\d+\n$/)]);
    });

    it('examples/watch.ts prints the total', async () => {
      const watch = startProcess(process.execPath, ['examples/dist/watch.js', of().base], {});
      await watch.waitFor(totals, 60_000);
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
