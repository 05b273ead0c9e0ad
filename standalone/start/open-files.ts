import { StartError } from '@tickfolio/lib/errors';

/**
 * The run has some 350 files and connections open when nobody is connected, and more for a moment while its programs
 * are loaded.
 */
const neededFiles = 512;

interface Report {
  readonly userLimits?: { readonly open_files?: { readonly hard?: unknown } };
}

/**
 * Looks whether this process may open enough; Node has raised the soft limit to the hard one by itself.
 * @param report Node's own diagnostic report
 * @throws StartError where it may not: loading the programs would end in the midst, with a stack and no word of why
 */
export const checkOpenFiles = (report: object): void => {
  const hard = (report as Report).userLimits?.open_files?.hard;
  if (typeof hard !== 'number' || hard >= neededFiles) return; // "unlimited", or a system without limits.
  throw new StartError(
    `This machine lets a process have ${hard} files and connections open, and tickfolio needs ${neededFiles} to start. Raise the limit first: ulimit -n 4096`,
  );
};
