import { parseArgs } from 'node:util';
import { AppError, StartError } from '../errors/errors.js';
import { type FindingsOf, isRight } from './findings.js';
import { tallyTable, verdict } from './tally-table.js';

export interface AuditCommand<Name extends string> {
  /** What stands behind the command's name. */
  readonly args: readonly string[];
  readonly help: string;
  /** What is audited, as the sentence of the verdict begins, such as `The books are`. */
  readonly what: string;
  /** What holds where a check finds nothing. */
  readonly words: Readonly<Record<Name, string>>;
  /** Looks at all of it. @throws where it could not be looked at, settings that are wrong among it */
  readonly audit: () => Promise<FindingsOf<Name>>;
}

const inWords = (err: unknown): string => {
  if (!(err instanceof AppError)) return err instanceof StartError || err instanceof Error ? err.message : String(err);
  return err.cause instanceof Error ? `${err.message} (${err.cause.message})` : err.message;
};

/** Prints what an audit found. @returns its exit code: 0 where all is right, 1 where it is not, 2 where it could not be found out */
export const runAuditCommand = async <Name extends string>(command: AuditCommand<Name>): Promise<0 | 1 | 2> => {
  try {
    const { values } = parseArgs({ args: [...command.args], options: { help: { type: 'boolean', short: 'h' } } });
    if (values.help) {
      process.stdout.write(command.help);
      return 0;
    }
    const findings = await command.audit();
    process.stdout.write(`${tallyTable(command.words, findings)}\n\n${verdict(command.what, findings)}\n`);
    return [...findings.values()].every(isRight) ? 0 : 1;
  } catch (err) {
    process.stderr.write(`The audit could not be made: ${inWords(err)}\n`);
    return 2;
  }
};
