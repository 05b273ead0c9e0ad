import type { Clock } from '@tickfolio/lib/clock';
import type { z } from '@tickfolio/lib/config';
import type { TopicSettings } from '@tickfolio/lib/event-log';
import type { Lifecycle } from '@tickfolio/lib/lifecycle';
import type { Logger, Metrics } from '@tickfolio/lib/telemetry';
import type { ListeningPlace } from '../start/listening-place.js';
import type { ChosenSource } from '../start/price-source.js';
import type { DataFolder } from '../stores/data-folder.js';
import type { DiskWatch } from '../stores/disk-watch.js';

/** Whatever it makes and reads. */
export interface AnyPart {
  readonly name: string;
  readonly needs: Readonly<Record<string, AnyPart>>;
  readonly settings?: (env: NodeJS.ProcessEnv) => z.ZodRawShape;
  // Methods, so that a part that wants more precise arguments is one, too.
  listens?(config: never): readonly ListeningPlace[];
  topics?(config: never): readonly TopicSettings[] | Promise<readonly TopicSettings[]>;
  start(run: never, given: never): unknown;
}

interface Reached {
  /** `host:port` */
  readonly target: string;
}
/** One that others call by gRPC. */
export interface ServedPart extends AnyPart {
  start(run: never, given: never): Promise<Reached> | Reached;
}

type MadeBy<P extends AnyPart> = Awaited<ReturnType<P['start']>>;

/** Settings as they are when read. */
type ConfigOf<Shape extends z.ZodRawShape> = [keyof Shape] extends [never] ? object : z.output<z.ZodObject<Shape>>;

/** What the parts of a run have in common. */
export interface RunDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** Shows a text to the person who started the run. */
  readonly print: (text: string) => void;
  /** A service's own clock, logger and metrics. */
  readonly service: (name: string) => { readonly clock: Clock; readonly log: Logger; readonly metrics: Metrics };
  readonly folder: DataFolder;
  readonly disks: DiskWatch;
  /** Looks at the disk of a store of the data folder from now on. */
  readonly watchStore: (name: string) => void;
  /** Where prices come from. */
  readonly choosing: Promise<ChosenSource>;
  /** Owns what is opened on the way to what a part makes. */
  readonly own: Lifecycle['own'];
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
  /** Ends the run, in order: something broke for good. */
  readonly fail: (err: Error) => void;
}

export interface Run<Config> extends RunDeps {
  readonly config: Config;
  /** What another part makes, for a part that can begin without it. */
  soon<P extends AnyPart>(part: P): Promise<MadeBy<P>>;
  /** Every topic that the parts of the run write or read, each once. */
  topics(): Promise<readonly TopicSettings[]>;
}

/**
 * One thing that a run has: a service, or what services stand on. Another one is a file beside this and a line in
 * `parts.ts`.
 * @typeParam Made closed by whoever walks the parts, where it can be closed
 */
export interface Part<Made, Needs extends Readonly<Record<string, AnyPart>>, Shape extends z.ZodRawShape> {
  readonly name: string;
  /** What has been made before it is started, and is closed after it. */
  readonly needs: Needs;
  /** What it reads of the environment. @param env decides what is required */
  readonly settings?: (env: NodeJS.ProcessEnv) => Shape;
  /** The ports that it will listen on, so that all can be tried before anything is opened. */
  listens?(config: ConfigOf<Shape>): readonly ListeningPlace[];
  /** What it writes to and reads from the event log. */
  topics?(config: ConfigOf<Shape>): readonly TopicSettings[] | Promise<readonly TopicSettings[]>;
  start(run: Run<ConfigOf<Shape>>, given: { readonly [As in keyof Needs]: MadeBy<Needs[As]> }): Promise<Made> | Made;
}

export const definePart = <
  Made,
  const Needs extends Readonly<Record<string, AnyPart>>,
  Shape extends z.ZodRawShape = Record<never, never>,
>(
  part: Part<Made, Needs, Shape>,
): Part<Made, Needs, Shape> => part;
