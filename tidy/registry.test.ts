import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { topics } from '@tickfolio/lib/events/domain-topics';
import {
  type Call,
  callersFirst,
  type Message,
  readyNames,
  type Service,
  serviceNames,
  services,
  speaksGrpc,
} from '@tickfolio/services/registry';
import { serverNames, servers } from '@tickfolio/services/servers';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectFiles, root } from './sources.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const sorted = (texts: Iterable<string>): string[] => [...texts].sort();
const withGrpc = serviceNames.filter(speaksGrpc);

/** The files of the services beside Prometheus's own settings, by whose they are. */
const observed = (end: 'scrape.yml' | 'rules.yml'): [string, string][] =>
  projectFiles().flatMap((path) => {
    const name = new RegExp(`^deploy/observability/services/([\\w-]+)\\.${end}$`).exec(path)?.[1];
    return name === undefined ? [] : [[name, read(path)]];
  });

/** Compiles only where the registry would take what is written. */
type Takes<Entry, Wrong> = Wrong extends Entry ? true : false;

describe('the registry of services', () => {
  it('does not compile with a call to nobody, over a face that is not there, or with a folder of another', () => {
    const taken: [
      Takes<Call, { to: 'auth'; over: 'grpc' }>,
      Takes<Call, { to: 'nobody'; over: 'grpc' }>,
      Takes<Call, { to: 'auth'; over: 'http' }>,
      Takes<Call, { to: 'bff'; over: 'grpc' }>,
      Takes<Call, { to: 'socket'; over: 'redis' }>,
      Takes<Message, { to: 'auth'; over: 'redis' }>,
      Takes<Message, { to: 'dashboard'; over: 'kafka' }>,
      Takes<Service['needs'][number], 'postgres-nobody'>,
      Takes<Service['folder'], 'services/nobody'>,
    ] = [true, false, false, false, false, false, false, false, false];
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
  it('has every folder of a service, and no other', () => {
    const folders = projectFiles().flatMap((path) => /^(services\/[^/]+|bff)\/package\.json$/.exec(path)?.[1] ?? []);
    expect(sorted(serviceNames.map((name) => services[name].folder))).toEqual(sorted(folders));
    for (const name of serviceNames) {
      const { name: workspace } = JSON.parse(read(`${services[name].folder}/package.json`)) as { name: string };
      expect(workspace).toBe(`@tickfolio/${name}`);
    }
  });
  it('has the source of every topic, which has Kafka to tell it by', () => {
    const needs = new Map<string, readonly string[]>(serviceNames.map((name) => [name, services[name].needs]));
    const untold = Object.values(topics).filter(({ source }) => needs.get(source)?.includes('kafka') !== true);
    expect(untold.map(({ name, source }) => `${name} of ${source}`)).toEqual([]);
  });
  it('names who is called before who calls, and sends only over what both need', () => {
    for (const [place, name] of callersFirst.entries())
      for (const { to } of services[name].calls)
        expect([name, to, callersFirst.indexOf(to) > place]).toEqual([name, to, true]);
    for (const name of serviceNames)
      for (const { over } of services[name].sends)
        expect([name, services[name].needs]).toEqual([name, expect.arrayContaining([over])]);
  });
  it('gives a port of one service to no other, and a database to one service', () => {
    const ports = serviceNames.flatMap((name) => {
      const { grpc, http, operations } = services[name];
      return [...new Set([grpc?.port, http?.port, operations.port])].filter((port) => port !== undefined);
    });
    expect(new Set(ports).size).toBe(ports.length);
    const published = [...serviceNames.map((name) => services[name]), ...Object.values(servers)].flatMap((one) => [
      ...one.published,
    ]);
    expect(new Set(published).size).toBe(published.length);
    for (const server of serverNames.filter((one) => servers[one].kind === 'postgres'))
      expect([server, serviceNames.filter((name) => services[name].needs.includes(server)).length]).toEqual([
        server,
        1,
      ]);
    const owners = serviceNames.filter((name) => services[name].needs.includes('postgres-core'));
    expect(serviceNames.filter((name) => services[name].database !== undefined)).toEqual(owners);
  });
  it('names the gRPC services that the contracts have', () => {
    const ofContracts = projectFiles()
      .filter((path) => /^proto\/.*\.proto$/.test(path))
      .flatMap((path) => {
        const text = read(path);
        const packageName = /^package ([\w.]+);/m.exec(text)?.[1];
        return [...text.matchAll(/^service (\w+)/gm)].map(([, name]) => `${packageName}.${name}`);
      });
    expect(sorted(serviceNames.flatMap((name) => services[name].grpc?.services ?? []))).toEqual(sorted(ofContracts));
  });
});

describe('as the registry has it', () => {
  it('docs/settings.md says what each service is, and leads to its README', () => {
    const rows = [...read('docs/settings.md').matchAll(/^\| \[([\w-]+)\]\(\.\.\/([^)]+)\/README\.md\) \| (.+?) \|/gm)];
    expect(rows.map(([, ...cells]) => cells).sort()).toEqual(
      serviceNames.map((name) => [name, services[name].folder, services[name].words]).sort(),
    );
    expect(serviceNames.filter((name) => !existsSync(join(root, services[name].folder, 'README.md')))).toEqual([]);
  });
  it('Prometheus reads every service at its port, and nothing else', () => {
    interface Scrape {
      readonly job_name: string;
      readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
    }
    const found = observed('scrape.yml').flatMap(([of, text]) => {
      const { scrape_configs: scrapes } = parse(text) as { scrape_configs: readonly Scrape[] };
      expect([of, scrapes.map(({ job_name: job }) => job)]).toEqual([of, [of]]);
      return scrapes;
    });
    const jobs = found.map(({ job_name: job, dns_sd_configs: where }) => [
      job,
      where.map(({ names, port }) => [...names, port]),
    ]);
    expect(jobs.sort()).toEqual(serviceNames.map((name) => [name, [[name, services[name].operations.port]]]).sort());
  });
  it('alerts speak of services that are there, and one rings for each that is not running', () => {
    const alerts = [read('deploy/observability/alerts.yml'), ...observed('rules.yml').map(([, text]) => text)].join(
      '\n',
    );
    const jobs = [...alerts.matchAll(/job(?:=~?|!=|!~)"([^"]*)"/g)].flatMap(([, names = '']) => names.split('|'));
    expect(sorted(new Set(jobs.filter((job) => !(serviceNames as readonly string[]).includes(job))))).toEqual([]);
    const watched = [...alerts.matchAll(/absent\(up\{job="([^"]+)"\}\)/g)].map(([, job = '']) => job);
    expect(sorted(watched)).toEqual(sorted(readyNames));
    const metrics = [...alerts.matchAll(/\btickfolio_(\w+)/g)].map(([, rest = '']) => rest);
    const prefixes = serviceNames.map((name) => `${name.replaceAll('-', '_')}_`);
    expect(metrics.filter((metric) => !prefixes.some((prefix) => metric.startsWith(prefix)))).toEqual([]);
  });
  it('certificates are made for everyone who speaks gRPC, with all its names', () => {
    const listed = execFileSync('sh', [join(root, 'deploy/certificates/make-certificates.sh'), '--list'], {
      encoding: 'utf8',
    });
    const made = listed.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ')]));
    expect(made.sort()).toEqual(withGrpc.map((name) => [name, ...services[name].aliases]).sort());
  });
});
