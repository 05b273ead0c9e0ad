import { spawnSync } from 'node:child_process';

/** Runs a command in a folder and shows what it says only when it fails. @throws Error with its last words */
export const runIn = (folder: string, command: string): void => {
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: folder,
    shell: true,
    encoding: 'utf8',
    maxBuffer: 64 * 1_024 * 1_024,
  });
  if (status !== 0)
    throw new Error(
      `\`${command}\` failed with the trial service:\n${`${stdout}${stderr}`.trim().split('\n').slice(-60).join('\n')}`,
    );
};
