import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Which benchmarks, in the order of running; all when none is named. */
  readonly names: readonly string[];
  /** Length of one measured phase. */
  readonly seconds: number;
  /** Numbers of WebSocket clients that `delivery` measures one after the other. */
  readonly clients: readonly number[];
  /** Portfolios of `history`. */
  readonly users: number;
  /** Folder for CPU profiles of the child processes; undefined makes none. */
  readonly profile: string | undefined;
}

/** Wrong arguments; the message is for people. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const limits = { seconds: 60, clients: 10_000, users: 200_000 } as const;

const wholeNumber = (option: keyof typeof limits, text: string): number => {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= limits[option]) return value;
  throw new UsageError(`--${option} takes whole numbers from 1 to ${limits[option]}, not "${text}".`);
};

/** @returns 'help' when help was asked for. @throws UsageError */
export const readOptions = (args: readonly string[], known: readonly string[]): BenchOptions | 'help' => {
  const parse = () => {
    try {
      return parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          help: { type: 'boolean', short: 'h' },
          seconds: { type: 'string', default: '5' },
          clients: { type: 'string', default: '1000,5000' },
          users: { type: 'string', default: '100000' },
          profile: { type: 'string' },
        },
      });
    } catch (err) {
      throw new UsageError(err instanceof Error ? err.message : String(err));
    }
  };
  const { values, positionals } = parse();
  if (values.help) return 'help';
  for (const name of positionals)
    if (!known.includes(name)) throw new UsageError(`There is no benchmark "${name}"; there are ${known.join(', ')}.`);
  return {
    names: positionals.length > 0 ? positionals : known,
    seconds: wholeNumber('seconds', values.seconds),
    clients: values.clients.split(',').map((text) => wholeNumber('clients', text.trim())),
    users: wholeNumber('users', values.users),
    profile: values.profile,
  };
};

export const helpText = (benchmarks: readonly { readonly name: string; readonly about: string }[]): string =>
  [
    'Measures what this machine can do, each figure beside a floor measured in the same run.',
    '',
    'npm run bench -- [name ...] [--seconds N] [--clients N[,N]] [--users N] [--profile FOLDER]',
    '',
    ...benchmarks.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`),
    '',
    '  --seconds N       length of one measured phase, 1 to 60; a row of valuation and money gets a quarter. Default 5',
    '  --clients N[,N]   WebSocket clients of delivery, 1 to 10000, one run for each number. Default 1000,5000',
    '  --users N         portfolios of history, 1 to 200000. Default 100000',
    '  --profile FOLDER  write a CPU profile of every child process there (open it in Chrome DevTools); figures get worse',
    '  --help            this text',
    '',
    'Without a name all of them run, in a few minutes. Tables go to standard output as Markdown, progress to standard',
    'error. Only loopback is used. Ratios tell more than absolutes: run on an idle machine, and more than once.',
    '',
  ].join('\n');
