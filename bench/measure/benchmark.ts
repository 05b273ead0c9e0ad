import type { Children } from './child.js';
import type { BenchOptions } from './options.js';
import type { Report } from './table.js';

export interface BenchContext extends Omit<BenchOptions, 'names'> {
  /** Closed after the run, whatever happens. */
  readonly children: Children;
  /** Tells people what is being done. */
  say(text: string): void;
}

export interface Benchmark {
  readonly name: string;
  /** For the help text. */
  readonly about: string;
  run(context: BenchContext): Promise<Report>;
}
