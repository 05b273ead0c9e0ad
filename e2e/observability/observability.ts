import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { parse } from 'yaml';

const folder = join(projectRoot, 'deploy/observability');

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
  readonly datasource?: { readonly uid: string };
}
export interface Dashboard {
  readonly file: string;
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const readYaml = <T>(file: string): T => parse(readFileSync(join(folder, file), 'utf8')) as T;

/** Of each service: where Prometheus reads it, and the alert that rings when none of it runs. */
const ofServices = (end: string): string[] =>
  readdirSync(join(folder, 'services'))
    .filter((file) => file.endsWith(end))
    .map((file) => `services/${file}`);

export const readAlerts = (): Alert[] =>
  ['alerts.yml', ...ofServices('.rules.yml')].flatMap((file) =>
    readYaml<{ groups: readonly { readonly rules: readonly Alert[] }[] }>(file).groups.flatMap(({ rules }) => rules),
  );

export const readDashboards = (): Dashboard[] =>
  readdirSync(join(folder, 'dashboards')).map((file) => ({
    file,
    ...(JSON.parse(readFileSync(join(folder, 'dashboards', file), 'utf8')) as Omit<Dashboard, 'file'>),
  }));

export const readRunbook = (): string => readFileSync(join(projectRoot, 'docs/operate/alerts.md'), 'utf8');

/** Where Prometheus looks for each service. */
export const readScrapes = (): Map<string, { readonly host: string; readonly port: number }> => {
  interface Scrape {
    readonly job_name: string;
    readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
  }
  const scrapes = ofServices('.scrape.yml').flatMap(
    (file) => readYaml<{ scrape_configs: readonly Scrape[] }>(file).scrape_configs,
  );
  return new Map(
    scrapes.map(({ job_name: job, dns_sd_configs: [config] }) => [
      job,
      { host: config?.names[0] ?? '', port: config?.port ?? 0 },
    ]),
  );
};

export const readObservabilityCompose = () =>
  readYaml<{
    services: Record<
      string,
      { image?: string; ports?: string[]; volumes?: string[]; mem_limit?: string; profiles?: string[] }
    >;
  }>('compose.yaml').services;
