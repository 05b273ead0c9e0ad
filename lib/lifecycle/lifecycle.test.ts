import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createLogger, silentLogger } from '../telemetry/telemetry.js';
import { createLifecycle } from './lifecycle.js';

describe('lifecycle', () => {
  it('closes what it owns in reverse order, one after the other, once', async () => {
    const life = createLifecycle(silentLogger());
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      life.own(name, {
        close: async () => {
          order.push(`${name} begins`);
          await Promise.resolve();
          order.push(`${name} ends`);
        },
      });
    }
    await Promise.all([life.close(), life.close()]);
    await life.close();
    expect(order).toEqual(['c begins', 'c ends', 'b begins', 'b ends', 'a begins', 'a ends']);
  });

  it('hands back what it takes over', () => {
    const thing = { close: () => undefined, port: 1 };
    expect(createLifecycle(silentLogger()).own('thing', thing)).toBe(thing);
  });

  it('closes the others although one fails, and says which', async () => {
    const lines: string[] = [];
    const life = createLifecycle(createLogger('test', 'info', (line) => void lines.push(line)));
    const closed: string[] = [];
    life.own('a', { close: () => void closed.push('a') });
    life.own('throws', {
      close: () => {
        throw new Error('broken');
      },
    });
    life.own('rejects', { close: async () => Promise.reject(new Error('broken')) });
    life.own('d', { close: () => void closed.push('d') });
    await life.close();
    expect(closed).toEqual(['d', 'a']);
    expect(lines.map((line) => (JSON.parse(line) as { part: string }).part)).toEqual(['rejects', 'throws']);
  });

  it('aborts its signal before it closes anything', async () => {
    const life = createLifecycle(silentLogger());
    let aborted: boolean | undefined;
    life.own('a', {
      close: () => {
        aborted = life.signal.aborted;
      },
    });
    expect(life.signal.aborted).toBe(false);
    await life.close();
    expect(aborted).toBe(true);
  });

  it('leaves the others time to close where one waits for a server that is silent', async () => {
    const clock = createManualClock();
    const life = createLifecycle(silentLogger(), { clock, closeWithinMs: 8_000 });
    const waited: Record<string, number> = {};
    for (const name of ['traces', 'redis', 'kafka', 'app']) {
      life.own(name, {
        close: (until) =>
          new Promise((resolve) => {
            const startedMs = clock.monotonic();
            until?.addEventListener('abort', () => {
              waited[name] = clock.monotonic() - startedMs;
              resolve();
            });
          }),
      });
    }
    const closed = life.close();
    await clock.advanceAsync(8_000);
    await closed;
    expect(waited).toEqual({ app: 4_000, kafka: 2_000, redis: 1_000, traces: 500 });
    expect(clock.pending).toBe(0);
  });

  it('closes at once what comes when it is already closing, and waits for that too', async () => {
    const life = createLifecycle(silentLogger());
    const closed: string[] = [];
    let comesLate = () => {};
    life.own('slow', {
      close: () =>
        new Promise<void>((resolve) => {
          comesLate = resolve;
        }),
    });
    const closing = life.close();
    life.own('late', {
      close: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        closed.push('late');
      },
    });
    comesLate();
    await closing;
    expect(closed).toEqual(['late']);
  });
});

const program = fileURLToPath(new URL('../dist/lifecycle/kit/program.js', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly messages: readonly string[];
  readonly stderr: string;
}

// Each in a process of its own, which mostly starts: several at a time.
describe.concurrent('runProcess in a real process', () => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** Runs the program to its end, sending signals when it says the given words. */
  const run = (
    behaviour: string,
    signals: readonly { readonly after: string; readonly send: NodeJS.Signals }[] = [],
  ): Promise<Ended> => {
    if (!existsSync(program)) throw new Error('lib/dist is not built: run "npm run build" first');
    const child = spawn(process.execPath, [program, behaviour], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let stdout = '';
    let stderr = '';
    const left = [...signals];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      for (let next = left[0]; next && stdout.includes(`"msg":"${next.after}"`); next = left[0]) {
        left.shift();
        child.kill(next.send);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        const messages = stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => (JSON.parse(line) as { msg: string }).msg);
        resolve({ code, signal, messages, stderr });
      });
    });
  };

  /**
   * Runs the program as `"$0" "$1" behaviour`, with its output wherever the command puts it. @returns the exit code of
   * the program
   */
  const runInShell = (command: string): Promise<{ readonly code: number | null; readonly stderr: string }> => {
    const child = spawn('bash', ['-o', 'pipefail', '-c', command, process.execPath, program], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve) => {
      child.once('close', (code) => resolve({ code, stderr }));
    });
  };

  it.each(['SIGTERM', 'SIGINT'] as const)('%s: closes in reverse order and exits with 0', async (send) => {
    const { code, messages, stderr } = await run('plain', [{ after: 'started', send }]);
    expect(messages).toEqual([
      'started',
      'shutting down',
      'last closed',
      'closed',
      'closed',
      'first closed',
      'closed',
      'stopped',
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('what has done its work closes in order and exits with 0', async () => {
    const { code, messages, stderr } = await run('finish');
    expect(messages).toEqual([
      'started',
      'shutting down',
      'last closed',
      'closed',
      'closed',
      'first closed',
      'closed',
      'stopped',
    ]);
    expect([code, stderr]).toEqual([0, '']);
  });

  it('a close that hangs is cut short at the deadline, with 1', async () => {
    const { code, messages } = await run('hang', [{ after: 'started', send: 'SIGTERM' }]);
    expect(code).toBe(1);
    expect(messages.at(-1)).toBe('shutdown took too long and was cut short');
  });

  it('a second signal ends it at once, with 1', async () => {
    const { code, messages } = await run('hang', [
      { after: 'started', send: 'SIGINT' },
      { after: 'last closed', send: 'SIGINT' },
    ]);
    expect(code).toBe(1);
    // Cut short by the signal: neither did the close end nor was the deadline what ended it.
    expect(messages.slice(0, 3)).toEqual(['started', 'shutting down', 'last closed']);
    for (const later of ['closed', 'shutdown took too long and was cut short']) expect(messages).not.toContain(later);
  });

  it('a terminal that is closed is told twice (by the kernel and by the shell), and the end is orderly all the same', async () => {
    const { code, messages } = await run('plain', [
      { after: 'started', send: 'SIGHUP' },
      { after: 'last closed', send: 'SIGHUP' },
    ]);
    expect(code).toBe(0);
    expect(messages.slice(-2)).toEqual(['closed', 'stopped']);
  });

  it('goes on when nobody reads what it logs and prints any more, as behind `| head`, and says so once', async () => {
    const { code, stderr } = await runInShell('"$0" "$1" talks | head -n 1 >/dev/null');
    expect(stderr).toMatch(
      /^Nothing more can be written to standard output \(.*EPIPE.*\); everything else goes on\.\nstill here\n$/,
    );
    expect(code).toBe(0);
  });

  it.runIf(process.platform === 'linux')(
    'goes on when the disk that takes what it logs and prints is full',
    async () => {
      const { code, stderr } = await runInShell('"$0" "$1" talks >/dev/full');
      expect(stderr).toMatch(
        /^Nothing more can be written to standard output \(.*ENOSPC.*\); everything else goes on\.\nstill here\n$/,
      );
      expect(code).toBe(0);
    },
  );

  it('a fault that breaks it while it runs and that the operator can mend is a plain sentence too', async () => {
    const { code, stderr, messages } = await run('fail-in-words');
    expect([code, stderr]).toEqual([1, 'The disk is full. Free some of it.\n']);
    expect(messages).toEqual(expect.arrayContaining(['first closed', 'stopped']));
  });

  it('a failing close does not keep it from ending well', async () => {
    const { code, messages } = await run('failing-close', [{ after: 'started', send: 'SIGTERM' }]);
    expect(code).toBe(0);
    expect(messages).toEqual(expect.arrayContaining(['could not be closed cleanly', 'first closed', 'stopped']));
  });

  it.each([
    ['throw', 'uncaught exception'],
    ['reject', 'unhandled rejection'],
    ['fail', 'cannot go on'],
  ])('%s: closes everything and exits with 1', async (behaviour, message) => {
    const { code, messages } = await run(behaviour);
    expect(code).toBe(1);
    expect(messages).toEqual(expect.arrayContaining(['started', message, 'last closed', 'first closed', 'stopped']));
  });

  it('something thrown while it closes makes it 1, and is logged', async () => {
    const { code, messages } = await run('late-throw', [{ after: 'started', send: 'SIGTERM' }]);
    expect(code).toBe(1);
    expect(messages).toEqual(expect.arrayContaining(['unhandled rejection', 'first closed', 'stopped']));
  });

  it('a start that fails closes what was opened and exits with 1', async () => {
    const { code, messages } = await run('start-throws');
    expect(code).toBe(1);
    expect(messages).toEqual(expect.arrayContaining(['could not start', 'first closed', 'stopped']));
  });

  it('a fault the operator can mend is printed as a plain sentence', async () => {
    const { code, stderr } = await run('start-error');
    expect([code, stderr]).toEqual([1, 'Port 8080 is in use. Set HTTP_PORT to another one.\n']);
  });

  it('wrong settings are printed and end it with 1 before anything is opened', async () => {
    const { code, stderr, messages } = await run('refuse');
    expect([code, stderr, messages]).toEqual([1, 'HTTP_PORT must be a port number\n', []]);
  });

  it('can be ended while its start still waits', async () => {
    const { code, messages } = await run('start-waits', [{ after: 'waiting', send: 'SIGTERM' }]);
    expect(code).toBe(0);
    expect(messages).toEqual(expect.arrayContaining(['start aborted', 'first closed', 'stopped']));
  });

  it('ends well where its start breaks off because it was told to end', async () => {
    const { code, messages, stderr } = await run('start-breaks-off', [{ after: 'waiting', send: 'SIGINT' }]);
    expect([code, stderr]).toEqual([0, '']);
    expect(messages).not.toContain('could not start');
    expect(messages).toEqual(expect.arrayContaining(['first closed', 'stopped']));
  });

  it('stays while nothing but its wait for a server keeps it, and ends when told to', async () => {
    const { code, messages } = await run('idle', [{ after: 'still here', send: 'SIGTERM' }]);
    expect(code).toBe(0);
    expect(messages).toEqual(expect.arrayContaining(['still here', 'shutting down', 'stopped']));
  });

  it('calls its neighbours directly also where Node itself sends everything through a proxy', async () => {
    const { code, messages } = await run('calls-a-neighbour');
    expect([code, messages]).toEqual([0, expect.arrayContaining(['neighbour: here'])]);
  });

  it('loses none of its last log lines', async () => {
    const { code, messages } = await run('chatty', [{ after: 'started', send: 'SIGTERM' }]);
    expect(code).toBe(0);
    expect(messages.filter((message) => message === 'one of many lines')).toHaveLength(5_000);
    expect(messages.at(-1)).toBe('stopped');
  });
});
