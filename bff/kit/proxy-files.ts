import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ProxyName = 'nginx' | 'haproxy' | 'caddy' | 'traefik';

/** The name in our configurations; browsers of tests are told that it is on this machine. */
export const siteName = 'portfolio.example.com';
export const host = '127.0.0.1';

/** Where a proxy of a test stands. */
export interface ProxyPlace {
  /** For its files. */
  readonly folder: string;
  readonly port: number;
  /** For what only leads to the other. */
  readonly redirectPort: number;
  readonly upstream: number;
}

/** Texts by file name; the first is the one that the proxy is started with. */
export type ProxyFiles = Readonly<Record<string, string>>;

const nginxFiles = (folder: string, servers: string): ProxyFiles => ({
  'nginx.conf': `worker_processes 1; pid ${folder}/nginx.pid; events {}
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  ${servers}
}`,
});

/**
 * nginx as people write it: with nothing said (the upstream's address as Host, no upgrades), or from a hundred
 * tutorials (Host without its port).
 */
export const plainNginxFiles = (how: 'bare' | 'usual', { folder, port, upstream }: ProxyPlace): ProxyFiles => {
  const usual =
    'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $host;';
  const said = how === 'bare' ? '' : usual;
  return nginxFiles(
    folder,
    `server { listen ${host}:${port}; location / { proxy_pass http://${host}:${upstream}; ${said} } }`,
  );
};

/** The least that works, over plain http. */
export const leastFiles = (name: Exclude<ProxyName, 'nginx'>, { folder, port, upstream }: ProxyPlace): ProxyFiles => {
  const server = `${host}:${upstream}`;
  const files: Record<typeof name, ProxyFiles> = {
    caddy: {
      Caddyfile: `{\n\tadmin off\n\tdefault_bind ${host}\n}\nhttp://:${port} {\n\treverse_proxy ${server}\n}\n`,
    },
    haproxy: {
      'haproxy.cfg': `defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
listen all
  bind ${host}:${port}
  server one ${server}
`,
    },
    traefik: {
      'traefik.yml': `entryPoints: { web: { address: "${host}:${port}" } }\nproviders: { file: { filename: ${folder}/routes.yml } }\n`,
      'routes.yml': `http:
  routers: { all: { rule: "PathPrefix(\`/\`)", service: one } }
  services: { one: { loadBalancer: { servers: [{ url: "http://${server}" }] } } }
`,
    },
  };
  return files[name];
};

/** Makes a certificate for our site, in the forms that proxies want. @returns the path of each, without its end */
export const makeCertificate = (folder: string): string => {
  const path = join(folder, 'site');
  const subject = ['-subj', `/CN=${siteName}`, '-addext', `subjectAltName=DNS:${siteName}`];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', ...kind, ...subject, '-keyout', `${path}.key`, '-out', `${path}.crt`], {
    stdio: 'ignore',
  });
  writeFileSync(`${path}.pem`, readFileSync(`${path}.crt`, 'utf8') + readFileSync(`${path}.key`, 'utf8'));
  return path;
};

/** A file of deploy/proxies as it stands, but for places and ports. */
const ours = (file: string, { folder, port, redirectPort, upstream }: ProxyPlace, certificate: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/proxies/${file}`, import.meta.url)), 'utf8')
    .replaceAll(`/etc/ssl/${siteName}.`, `${certificate}.`)
    .replaceAll('/etc/traefik/', `${folder}/`)
    .replaceAll('127.0.0.1:8080', `${host}:${upstream}`)
    .replace(/(listen |bind :|":)443/, (_, before: string) => `${before.replace(/:$/, '')}${host}:${port}`)
    .replace(/(listen |bind :|":)80/, (_, before: string) => `${before.replace(/:$/, '')}${host}:${redirectPort}`)
    // Caddy would fetch a certificate of its own.
    .replace(
      `\n${siteName} {`,
      `\n{\n\tadmin off\n\tauto_https off\n\tdefault_bind ${host}\n}\nhttps://${siteName}:${port} {\n\ttls ${certificate}.crt ${certificate}.key`,
    );

/** What deploy/proxies has, over https. @param certificate of `makeCertificate` */
export const recommendedFiles = (name: ProxyName, place: ProxyPlace, certificate: string): ProxyFiles => {
  const text = (file: string) => ours(file, place, certificate);
  const files: Record<ProxyName, () => ProxyFiles> = {
    nginx: () => nginxFiles(place.folder, text('nginx.conf')),
    haproxy: () => ({ 'haproxy.cfg': text('haproxy.cfg') }),
    caddy: () => ({ Caddyfile: text('Caddyfile') }),
    traefik: () => ({ 'traefik.yml': text('traefik.yml'), 'tickfolio.yml': text('traefik-tickfolio.yml') }),
  };
  return files[name]();
};

/**
 * The same of nginx over plain http, under a path. @param passes what goes to the upstream: the path too, or what
 * follows it
 */
export const underPathFiles = (
  path: string,
  passes: 'the path' | 'the rest',
  place: ProxyPlace,
  certificate: string,
): ProxyFiles => {
  const upstream = `proxy_pass http://${host}:${place.upstream}`;
  const text = ours('nginx.conf', place, certificate)
    .replace(' ssl;', ';')
    .replace('location / {', `location ${path} {`)
    .replace(`${upstream};`, `${upstream}${passes === 'the rest' ? '/' : ''};`);
  return nginxFiles(place.folder, text);
};
