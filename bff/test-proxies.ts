import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './test-bff.js';

export type ProxyName = 'nginx' | 'haproxy' | 'caddy' | 'traefik';

/** A real proxy of a test's own. */
export interface TestProxy {
  readonly port: number;
  close(): Promise<void>;
}

const host = '127.0.0.1';
/** Debian puts servers where not everybody looks. */
const PATH = `${process.env.PATH}:/usr/sbin`;
/** The name in our configurations; browsers of tests are told that it is here. */
export const siteName = 'portfolio.example.com';

/** Programs that are found; for the others a line on standard error, or in CI an error, but for Traefik, which Debian does not have. */
export const findProxies = (): ReadonlySet<ProxyName> => {
  const versions: Record<ProxyName, readonly string[]> = { nginx: ['-v'], haproxy: ['-v'], caddy: ['version'], traefik: ['version'] };
  const found = (Object.keys(versions) as ProxyName[]).filter((name) => {
    try {
      execFileSync(name, versions[name], { stdio: 'ignore', env: { PATH } });
      return true;
    } catch {
      const debian = name === 'traefik' ? 'not in Debian' : `Debian: apt-get install ${name === 'nginx' ? 'nginx-light' : name}`;
      const sentence = `${name} is not installed, so nothing was tested behind it here (${debian})`;
      if (process.env.CI && name !== 'traefik') throw new Error(sentence);
      process.stderr.write(`NOT COVERED: ${sentence}\n`);
      return false;
    }
  });
  return new Set(found);
};

export const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const bound = probe.address();
  probe.close();
  await once(probe, 'close');
  return bound !== null && typeof bound === 'object' ? bound.port : 0;
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

/** Runs the program on the configuration until it is closed; it ends with the test's process too. @param texts by file name, the first is its own */
const run = async (name: ProxyName, port: number, folder: string, texts: Readonly<Record<string, string>>): Promise<TestProxy> => {
  for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text);
  const [file = ''] = Object.keys(texts);
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
  const watchdog = spawn('sh', ['-c', `cat >/dev/null; kill ${child.pid}`], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
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
  await until(async () => over || (await isAnswering(port)), 15_000);
  if (over) throw new Error(`${name} ended: ${output}`);
  return {
    port,
    close: async () => {
      watchdog.kill('SIGKILL');
      child.kill(name === 'nginx' ? 'SIGQUIT' : 'SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 2_000); // It waits for open sockets.
      await ended;
      clearTimeout(late);
    },
  };
};

const configuration = (file: string): string => readFileSync(fileURLToPath(new URL(`../deploy/proxies/${file}`, import.meta.url)), 'utf8');

const inNginx = (folder: string, servers: string) => `worker_processes 1; pid ${folder}/nginx.pid; events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  ${servers}
}`;

/** As people write them, for plain http. */
const plain = {
  /** nginx's own default: the upstream's address as Host, and no upgrade. */
  bare: (port: number, upstream: number) => `server { listen ${host}:${port}; location / { proxy_pass http://${host}:${upstream}; } }`,
  /** From a hundred tutorials: upgrades, and Host without its port. */
  usual: (port: number, upstream: number) => `server { listen ${host}:${port}; location / { proxy_pass http://${host}:${upstream};
    proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $host; } }`,
};

export interface TestProxies {
  /** nginx, as people write it, at a port of the caller's or a free one. */
  plainNginx(how: keyof typeof plain, upstream: number, port?: number): Promise<TestProxy>;
  /** HAProxy, Caddy or Traefik with the least that works. */
  least(name: Exclude<ProxyName, 'nginx'>, upstream: number): Promise<TestProxy>;
  /** With our configuration, over https, on a port of its own. */
  recommended(name: ProxyName, upstream: number): Promise<TestProxy>;
  /** nginx with our configuration, over plain http, under a path. @param passes what goes to the upstream: the path too, or what follows it */
  underPath(path: string, passes: 'the path' | 'the rest', upstream: number): Promise<TestProxy>;
  close(): Promise<void>;
}

export const createTestProxies = (): TestProxies => {
  const folder = mkdtempSync(join(tmpdir(), 'tickfolio-proxies-'));
  const own: TestProxy[] = [];
  let folders = 0;
  let certificate: { readonly crt: string; readonly key: string; readonly pem: string } | undefined;
  const certificates = () => {
    if (certificate) return certificate;
    const [crt, key, pem] = ['crt', 'key', 'pem'].map((end) => join(folder, `site.${end}`)) as [string, string, string];
    const subject = ['-subj', `/CN=${siteName}`, '-addext', `subjectAltName=DNS:${siteName}`];
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', crt], { stdio: 'ignore' });
    writeFileSync(pem, readFileSync(crt, 'utf8') + readFileSync(key, 'utf8'));
    certificate = { crt, key, pem };
    return certificate;
  };
  /** Our files as they stand, but for places and ports. */
  const placed = (file: string, port: number, upstream: number, redirectPort: number) => {
    const { crt, key, pem } = certificates();
    return configuration(file)
      .replaceAll(`/etc/ssl/${siteName}.crt`, crt)
      .replaceAll(`/etc/ssl/${siteName}.key`, key)
      .replaceAll(`/etc/ssl/${siteName}.pem`, pem)
      .replaceAll('/etc/traefik/tickfolio.yml', join(folder, `traefik-${port}.yml`))
      .replaceAll('127.0.0.1:8080', `${host}:${upstream}`)
      .replace('listen 443 ssl', `listen ${host}:${port} ssl`)
      .replace('listen 80', `listen ${host}:${redirectPort}`)
      .replace('bind :443', `bind ${host}:${port}`)
      .replace('bind :80', `bind ${host}:${redirectPort}`)
      .replace('":443"', `"${host}:${port}"`)
      .replace('":80"', `"${host}:${redirectPort}"`)
      .replace(
        `\n${siteName} {`,
        `\n{\n\tadmin off\n\tauto_https off\n\tdefault_bind ${host}\n}\nhttps://${siteName}:${port} {\n\ttls ${crt} ${key}`,
      );
  };
  const start = async (
    name: ProxyName,
    texts: (place: { folder: string; port: number; redirectPort: number }) => Record<string, string>,
    given?: number,
  ) => {
    const [port, redirectPort, place] = [given ?? (await freePort()), await freePort(), mkdtempSync(join(folder, `${++folders}-`))];
    const proxy = await run(name, port, place, texts({ folder: place, port, redirectPort }));
    own.push(proxy);
    return proxy;
  };
  return {
    plainNginx: (how, upstream, given) =>
      start('nginx', ({ folder: place, port }) => ({ 'nginx.conf': inNginx(place, plain[how](port, upstream)) }), given),
    least: (name, upstream) =>
      start(name, ({ folder: place, port }): Record<string, string> => {
        const server = `${host}:${upstream}`;
        if (name === 'caddy')
          return { Caddyfile: `{\n\tadmin off\n\tdefault_bind ${host}\n}\nhttp://:${port} {\n\treverse_proxy ${server}\n}\n` };
        if (name === 'haproxy')
          return {
            'haproxy.cfg': `defaults\n  mode http\n  timeout connect 5s\n  timeout client 50s\n  timeout server 50s\nlisten all\n  bind ${host}:${port}\n  server one ${server}\n`,
          };
        return {
          'traefik.yml': `entryPoints: { web: { address: "${host}:${port}" } }\nproviders: { file: { filename: ${place}/routes.yml } }\n`,
          'routes.yml': `http:\n  routers: { all: { rule: "PathPrefix(\`/\`)", service: one } }\n  services: { one: { loadBalancer: { servers: [{ url: "http://${server}" }] } } }\n`,
        };
      }),
    recommended: (name, upstream) =>
      start(name, ({ folder: place, port, redirectPort }): Record<string, string> => {
        const text = (file: string) => placed(file, port, upstream, redirectPort);
        if (name === 'nginx') return { 'nginx.conf': inNginx(place, text('nginx.conf')) };
        if (name === 'haproxy') return { 'haproxy.cfg': text('haproxy.cfg') };
        if (name === 'caddy') return { Caddyfile: text('Caddyfile') };
        writeFileSync(join(folder, `traefik-${port}.yml`), text('traefik-tickfolio.yml'));
        return { 'traefik.yml': text('traefik.yml') };
      }),
    underPath: (path, passes, upstream) =>
      start('nginx', ({ folder: place, port, redirectPort }) => ({
        'nginx.conf': inNginx(
          place,
          placed('nginx.conf', port, upstream, redirectPort)
            .replace(`${host}:${port} ssl`, `${host}:${port}`)
            .replace('location / {', `location ${path} {`)
            .replace(`proxy_pass http://${host}:${upstream};`, `proxy_pass http://${host}:${upstream}${passes === 'the rest' ? '/' : ''};`),
        ),
      })),
    close: async () => {
      await Promise.all(own.map((proxy) => proxy.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
