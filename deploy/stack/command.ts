import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The program is killed after this time. */
  readonly withinMs: number;
}

/** A program that ended with anything but 0; `message` has the end of what it wrote. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const keptCharacters = 4_000;

/**
 * Runs a program and resolves with its standard output. It is not in this process's group, so Ctrl-C ends this process
 * and leaves it to clear up.
 * @throws CommandError
 */
export const runCommand = (program: string, args: readonly string[], { cwd, env, withinMs }: CommandOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(withinMs);
    const child = spawn(program, args, { cwd, env, signal, killSignal: 'SIGKILL', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      all = (all + text).slice(-keptCharacters);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all = (all + text).slice(-keptCharacters);
    });
    const fail = (why: string) => reject(new CommandError(`${program} ${args.join(' ')}: ${why}\n${all.trimEnd()}`));
    child.once('error', (err) => fail(signal.aborted ? `took longer than ${withinMs} ms` : err.message));
    child.once('close', (code, killedBy) => (code === 0 ? resolve(output) : fail(`ended with ${code ?? killedBy}`)));
  });
