import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The program is killed after this time. */
  readonly withinMs: number;
  /** Once aborted, what runs is killed and nothing more is started. */
  readonly signal?: AbortSignal;
}

/** A program that ended with anything but 0; `message` has the end of what it wrote. */
class CommandError extends Error {
  override readonly name = 'CommandError';
}

const keptCharacters = 4_000;

/**
 * Runs a program and resolves with its standard output. It is not in this process's group, so Ctrl-C ends this process
 * and leaves it to clear up.
 * @throws CommandError
 */
export const runCommand = (
  program: string,
  args: readonly string[],
  { cwd, env, withinMs, signal: ended }: CommandOptions,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const timeout = AbortSignal.timeout(withinMs);
    const signal = ended ? AbortSignal.any([timeout, ended]) : timeout;
    const fail = (why: string) => reject(new CommandError(`${program} ${args.join(' ')}: ${why}\n${all.trimEnd()}`));
    let output = '';
    let all = '';
    if (signal.aborted) {
      fail('the run was ended');
      return;
    }
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    // Its whole group, because docker has its commands done by children.
    const kill = () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, 'SIGKILL');
    };
    signal.addEventListener('abort', kill, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      all = (all + text).slice(-keptCharacters);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all = (all + text).slice(-keptCharacters);
    });
    child.once('error', (err) => fail(err.message));
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', kill);
      if (code === 0) resolve(output);
      else if (timeout.aborted) fail(`took longer than ${withinMs} ms`);
      else fail(`ended with ${code ?? killedBy}`);
    });
  });
