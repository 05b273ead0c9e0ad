import { z } from '@tickfolio/lib/config';
import { type CommandOptions, runCommand } from './command.js';

/** What every image of ours stands on. */
export const baseImage = 'node:24-bookworm-slim';

const buildMs = 1_800_000;
const pullMs = 600_000;
const upMs = 600_000;
const shortMs = 60_000;

/** A service of compose.yaml. */
export interface ComposeService {
  readonly name: string;
  readonly image: string;
  /** Built from this project. */
  readonly built: boolean;
  readonly profiles: readonly string[];
}

const shape = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string().default(''),
      build: z.unknown().optional(),
      profiles: z.array(z.string()).default([]),
    }),
  ),
});

/** One project of docker compose. Every call throws CommandError when it fails. */
export type Compose = ReturnType<typeof createCompose>;

/** @param settings the path of the file with its settings */
export const createCompose = (project: string, settings: string, options: Omit<CommandOptions, 'withinMs'>) => {
  const docker = (args: readonly string[], withinMs = shortMs) => runCommand('docker', args, { ...options, withinMs });
  const compose = (args: readonly string[], withinMs = shortMs) =>
    docker(
      [
        'compose',
        '-p',
        project,
        '--env-file',
        settings,
        '--profile',
        'whole',
        '--profile',
        'sim',
        '--profile',
        'tools',
        ...args,
      ],
      withinMs,
    );
  const ids = new Map<string, string>();
  const idOf = async (service: string): Promise<string> => {
    const known = ids.get(service) ?? (await compose(['ps', '-aq', service])).trim();
    if (known === '') throw new Error(`${service} has no container`);
    ids.set(service, known);
    return known;
  };
  const inspect = async (service: string, format: string) =>
    (await docker(['inspect', '-f', format, await idOf(service)])).trim();
  return {
    services: async (): Promise<ComposeService[]> => {
      const { services } = shape.parse(JSON.parse(await compose(['config', '--format', 'json'])));
      return Object.entries(services).map(([name, { image, build, profiles }]) => ({
        name,
        image,
        built: build !== undefined,
        profiles,
      }));
    },
    build: () => compose(['build'], buildMs),
    /** Whether the image is on this machine, now or after asking the registry for it. */
    hasImage: async (image: string): Promise<boolean> => {
      const found = (args: readonly string[], withinMs: number) =>
        docker(args, withinMs).then(
          () => true,
          () => false,
        );
      return (await found(['image', 'inspect', image], shortMs)) || (await found(['pull', '-q', image], pullMs));
    },
    imageBytes: async (image: string) => Number(await docker(['image', 'inspect', '-f', '{{.Size}}', image])),
    up: (services: readonly string[]) =>
      compose(
        ['up', '-d', '--no-build', '--pull', 'never', '--wait', '--wait-timeout', String(upMs / 2_000), ...services],
        upMs,
      ),
    /** SIGTERM, and waits for the end of each. */
    stop: (services: readonly string[]) => compose(['stop', ...services], upMs),
    exitCode: (service: string) => inspect(service, '{{.State.ExitCode}}'),
    /** How often the engine has started it again by itself. */
    restarts: async (service: string) => Number(await inspect(service, '{{.RestartCount}}')),
    /** Removes the containers, keeps the volumes. */
    down: async () => {
      ids.clear();
      await compose(['down', '--remove-orphans'], upMs);
    },
    downWithData: async () => {
      ids.clear();
      await compose(['down', '--remove-orphans', '--volumes', '--timeout', '5'], upMs);
    },
    kill: async (service: string) => docker(['kill', '-s', 'KILL', await idOf(service)]),
    /**
     * Kills its first process from outside the container, where -9 reaches it, and not through the engine, which would
     * leave it stopped.
     */
    crash: async (service: string) => {
      const pid = await inspect(service, '{{.State.Pid}}');
      const program = `process.kill(${pid}, 'SIGKILL')`;
      await docker(['run', '--rm', '--pid=host', '--user=0', '--network=none', baseImage, 'node', '-e', program]);
    },
    start: async (service: string) => docker(['start', await idOf(service)]),
    exec: async (service: string, command: readonly string[]) => docker(['exec', await idOf(service), ...command]),
    logs: (service: string) => compose(['logs', '--no-color', '--tail', '12', service]),
    /** Whatever its container wrote, on either stream. */
    logLines: async (service: string): Promise<string[]> =>
      (await compose(['logs', '--no-color', '--no-log-prefix', service])).split('\n').filter((line) => line !== ''),
  };
};
