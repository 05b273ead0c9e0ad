import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@tickfolio/lib/clock';
import { StartError } from '@tickfolio/lib/errors';
import { runProcess } from '@tickfolio/lib/lifecycle';
import { createLogger } from '@tickfolio/lib/telemetry';
import { readyNames } from '@tickfolio/services/registry';
import { createArchiveQuery } from './client/archive-query.js';
import { runCommand } from './docker/command.js';
import { createCompose } from './docker/compose.js';
import { proveStack } from './proof/run.js';
import { ownSettings, settingsFile } from './stack/settings.js';
import type { Stack } from './stack/stack.js';

// Proves compose.yaml on this machine (docker and compose v2): `make stack`. Ends with 0 only when everything held, and
// clears up either way.

const root = fileURLToPath(new URL('../../..', import.meta.url));
const project = 'tickfolio-stack';
const auditMs = 300_000;
const clearUpMs = 180_000;

const clock = systemClock;
const startedMs = clock.monotonic();
const say = (line: string) => {
  process.stdout.write(`${((clock.monotonic() - startedMs) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`);
};
/** Nothing else of the environment reaches compose: a variable set by chance would replace a setting of this run. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|LANG|TMPDIR|DOCKER_\w+|COMPOSE_PARALLEL_LIMIT|BUILDKIT_\w+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY)$/.test(
      name,
    ),
  ),
);

await runProcess(
  async (life) => {
    const folder = await mkdtemp(join(tmpdir(), 'tickfolio-stack-'));
    life.own('settings', { close: () => rm(folder, { recursive: true, force: true }) });
    const settings = await ownSettings(await readFile(join(root, '.env.example'), 'utf8'));
    const file = join(folder, 'env');
    await writeFile(file, settingsFile(settings), { mode: 0o600 });
    const compose = createCompose(project, file, { cwd: root, env, signal: life.signal });
    // What clears up must go on when the run itself was told to stop.
    const clearing = createCompose(project, file, { cwd: root, env });
    const at = (name: string) => `http://127.0.0.1:${settings[name] ?? ''}`;
    const clickHouse = { user: settings.CLICKHOUSE_USER ?? '', password: settings.CLICKHOUSE_PASSWORD ?? '' };
    const stack: Stack = {
      clock,
      compose,
      settings,
      urls: { bff: at('BFF_PORT'), aggregator: at('AGGREGATOR_PORT'), dashboard: at('DASHBOARD_PORT') },
      archive: createArchiveQuery(at('CLICKHOUSE_HTTP_PORT'), clickHouse.user, clickHouse.password),
      say,
    };
    const audit = () =>
      runCommand(process.execPath, ['services/archiver/dist/audit/main.js', '--wait', '60'], {
        cwd: root,
        withinMs: auditMs,
        env: {
          ...env,
          KAFKA_BROKERS: `localhost:${settings.KAFKA_PORT ?? ''}`,
          CLICKHOUSE_ADDR: `127.0.0.1:${settings.CLICKHOUSE_HTTP_PORT ?? ''}`,
          CLICKHOUSE_USER: clickHouse.user,
          CLICKHOUSE_PASSWORD: clickHouse.password,
        },
      });
    life.own('containers', { close: () => clearing.downWithData() });
    // What an earlier run left behind when it was killed itself.
    await clearing.downWithData();
    try {
      const print = (markdown: string) => void process.stdout.write(`\n${markdown}\n`);
      await proveStack({ stack, audit, own: (watcher) => life.own('watcher', watcher), print });
      say('Everything held.');
      life.finish();
    } catch (err) {
      if (life.signal.aborted) {
        life.fail(new StartError('Interrupted: what is not said above was not proved.'));
        return;
      }
      const logs = await Promise.all(readyNames.map((service) => compose.logs(service).catch(() => '')));
      throw new StartError(`${logs.join('')}\n${err instanceof Error ? err.message : err}`);
    }
  },
  { log: createLogger('stack', 'error'), shutdownDeadlineMs: clearUpMs },
);
