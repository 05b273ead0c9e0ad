import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tickfolio/lib/kit/free-port';
import { until } from '@tickfolio/lib/kit/wait-until';
import {
  host,
  leastFiles,
  makeCertificate,
  type ProxyFiles,
  type ProxyName,
  type ProxyPlace,
  plainNginxFiles,
  recommendedFiles,
  underPathFiles,
} from './proxy-files.js';

/** A real proxy of a test's own. */
export interface TestProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** Debian puts servers where not everybody looks. */
const PATH = `${process.env.PATH}:/usr/sbin`;

/**
 * Programs that are found; for the others a line on standard error, or in CI an error, but for Traefik, which Debian
 * does not have.
 */
export const findProxies = (): ReadonlySet<ProxyName> => {
  const versions: Record<ProxyName, readonly string[]> = {
    nginx: ['-v'],
    haproxy: ['-v'],
    caddy: ['version'],
    traefik: ['version'],
  };
  const found = (Object.keys(versions) as ProxyName[]).filter((name) => {
    try {
      execFileSync(name, versions[name], { stdio: 'ignore', env: { PATH } });
      return true;
    } catch {
      const debian =
        name === 'traefik' ? 'not in Debian' : `Debian: apt-get install ${name === 'nginx' ? 'nginx-light' : name}`;
      const sentence = `${name} is not installed, so nothing was tested behind it here (${debian})`;
      if (process.env.CI && name !== 'traefik') throw new Error(sentence);
      process.stderr.write(`NOT COVERED: ${sentence}\n`);
      return false;
    }
  });
  return new Set(found);
};

const isAnswering = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (well: boolean) => {
      socket.destroy();
      resolve(well);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });

/** Runs the program on the configuration until it is closed; it ends with the test's process too. */
const run = async (name: ProxyName, { port, folder }: ProxyPlace, files: ProxyFiles): Promise<TestProxy> => {
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const [file = ''] = Object.keys(files);
  const path = join(folder, file);
  const args: Record<ProxyName, readonly string[]> = {
    nginx: ['-p', folder, '-e', 'stderr', '-c', path, '-g', 'daemon off;'],
    haproxy: ['-db', '-f', path],
    caddy: ['run', '--config', path, '--adapter', 'caddyfile'],
    traefik: [`--configfile=${path}`],
  };
  // Whatever Caddy wants to remember, it remembers here.
  const env = { PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const child: ChildProcess = spawn(name, args[name], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const watchdog = spawn('sh', ['-c', `cat >/dev/null; kill ${child.pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      output = (output + chunk).slice(-4_000);
    });
  const ended = once(child, 'exit');
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await until(async () => over || (await isAnswering(port)));
  if (over) throw new Error(`${name} ended: ${output}`);
  return {
    port,
    close: async () => {
      watchdog.kill('SIGKILL');
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 2_000); // It waits for open sockets.
      await ended;
      clearTimeout(late);
    },
  };
};

export interface TestProxies {
  /** nginx, as people write it, at a port of the caller's or a free one. */
  plainNginx(how: 'bare' | 'usual', upstream: number, port?: number): Promise<TestProxy>;
  /** HAProxy, Caddy or Traefik with the least that works. */
  least(name: Exclude<ProxyName, 'nginx'>, upstream: number): Promise<TestProxy>;
  /** With our configuration, over https, on a port of its own. */
  recommended(name: ProxyName, upstream: number): Promise<TestProxy>;
  /**
   * nginx with our configuration, over plain http, under a path. @param passes what goes to the upstream: the path too,
   * or what follows it
   */
  underPath(path: string, passes: 'the path' | 'the rest', upstream: number): Promise<TestProxy>;
  close(): Promise<void>;
}

export const createTestProxies = (): TestProxies => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-proxies-'));
  const own: TestProxy[] = [];
  let made: string | undefined;
  const certificate = () => {
    made ??= makeCertificate(folder);
    return made;
  };
  const start = async (name: ProxyName, upstream: number, files: (place: ProxyPlace) => ProxyFiles, given?: number) => {
    const port = given ?? (await freePort());
    const place = { folder: mkdtempSync(join(folder, `${name}-`)), port, redirectPort: await freePort(), upstream };
    const proxy = await run(name, place, files(place));
    own.push(proxy);
    return proxy;
  };
  return {
    plainNginx: (how, upstream, given) => start('nginx', upstream, (place) => plainNginxFiles(how, place), given),
    least: (name, upstream) => start(name, upstream, (place) => leastFiles(name, place)),
    recommended: (name, upstream) => start(name, upstream, (place) => recommendedFiles(name, place, certificate())),
    underPath: (path, passes, upstream) =>
      start('nginx', upstream, (place) => underPathFiles(path, passes, place, certificate())),
    close: async () => {
      await Promise.all(own.map((proxy) => proxy.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
