import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAddress } from '@tickfolio/lib/config';
import { services as registry, type ServiceName, serviceNames, speaksGrpc } from '@tickfolio/services/registry';
import { exchangePorts, serverNames, servers } from '@tickfolio/services/servers';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Manifest, renderKustomization } from './kustomization.js';
import type { Autoscaler, Container, Deployment, Labels, Peer, Policy, Probe, Service } from './manifest-kinds.js';
import { type Env, serviceSettings } from './service-settings.js';
import { readSources, root } from './sources.js';

const folder = join(root, 'deploy/kubernetes');
const nameLabel = 'app.kubernetes.io/name';
/** The simulator runs in the local overlay only. */
const services = serviceNames.filter((name) => registry[name].profile !== 'sim');
/** What the production overlay expects to find, made outside git. */
const outside: Readonly<Record<string, readonly string[]>> = {
  jwt: ['JWT_SECRET'],
  seal: ['SEAL_SECRET'],
  proxy: ['HTTPS_PROXY'],
  traces: ['OTEL_EXPORTER_OTLP_HEADERS'],
  clickhouse: ['CLICKHOUSE_USER', 'CLICKHOUSE_PASSWORD'],
  // By the server of a database, and where that has several by whose it is.
  ...Object.fromEntries(
    [
      ...serverNames.filter((name) => servers[name].kind === 'postgres'),
      ...services.filter((name) => registry[name].database !== undefined).map((name) => `postgres-${name}`),
    ].map((name) => [name, ['POSTGRES_USER', 'POSTGRES_PASSWORD']]),
  ),
};
const drainSeconds = 10;

/** The real kustomize, where there is one: of 5.1 on, which applies components after generators. */
const kustomize = /v5\.[1-9]\S*/.exec(spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).stdout ?? '');
/** Apart from the order, and from the hash of their content that the real one puts behind generated names. */
const comparable = (manifests: readonly Manifest[]): unknown => {
  const generated = manifests.filter(({ kind }) => kind === 'ConfigMap' || kind === 'Secret');
  let text = JSON.stringify(manifests);
  for (const { metadata } of generated)
    text = text.replaceAll(`"${metadata.name}"`, `"${metadata.name.replace(/-[a-z0-9]{10}$/, '')}"`);
  const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
  return (JSON.parse(text) as Manifest[]).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
};

/** Settings that say where a service listens. */
const listening = [
  'HTTP_PORT',
  'GRPC_PORT',
  'ADDRESS',
  'METRICS_ADDR',
  'SERVER_ADDR',
  'DASHBOARD_PORT',
  'EXCHANGE_SIM_PORT',
];
/** Where a service listens, as the registry has it. */
const portsOf = (name: string): number[] => {
  const { grpc, http, operations } = registry[name as ServiceName];
  return [...new Set([grpc?.port, http?.port, operations.port])].filter((port) => port !== undefined);
};
const portOf = (value: unknown): number =>
  typeof value === 'object' && value !== null && 'port' in value ? Number(value.port) : Number(value);

/** Every `host:port` that a service's settings, or what it takes for them, lead to. */
const addressesIn = (settings: unknown): string[] => {
  if (typeof settings === 'string')
    return [...settings.matchAll(/(?:^|[/,])([a-z][a-z.-]*:\d+)/g)].map(([, address = '']) => address);
  if (typeof settings !== 'object' || settings === null) return [];
  if ('host' in settings && 'port' in settings) return [`${settings.host}:${settings.port}`];
  return Object.values(settings).flatMap(addressesIn);
};

const schema = JSON.parse(readFileSync(join(folder, 'schema.json'), 'utf8')) as {
  readonly $defs: Readonly<Record<string, unknown>>;
};
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(schema, 'kubernetes');
/** What is wrong with a manifest in the eyes of Kubernetes. */
const faultsOf = (manifest: Manifest): string[] => {
  const [group = '', version = ''] = manifest.apiVersion.includes('/')
    ? manifest.apiVersion.split('/')
    : ['core', manifest.apiVersion];
  const name = `io.k8s.api.${group.split('.')[0]}.${version}.${manifest.kind}`;
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  if (!(name in schema.$defs)) return [`${where}: ${manifest.apiVersion} is not in schema.json`];
  const check = ajv.getSchema(`kubernetes#/$defs/${name}`);
  check?.(manifest);
  return (check?.errors ?? []).map(
    (error) => `${where}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
  );
};

describe.each(['local', 'production'])('deploy/kubernetes, overlay %s', (overlay) => {
  let all: Manifest[];
  const of = <T>(kind: string): [string, T][] =>
    all.filter((one) => one.kind === kind).map((one) => [one.metadata.name, one.spec as T]);
  const deployments = () => of<Deployment>('Deployment');
  const containers = () => deployments().map(([name, { template }]) => [name, template.spec.containers[0]] as const);
  const dataOf = (kind: string, name: string): Readonly<Record<string, string>> | undefined =>
    all.find((one) => one.kind === kind && one.metadata.name === name)?.data as
      | Readonly<Record<string, string>>
      | undefined;
  /** What its policies together let a service do: one of them stands with each service that it calls. */
  const policyOf = (name: string): Required<Pick<Policy, 'ingress' | 'egress'>> => {
    const own = of<Policy>('NetworkPolicy').filter(
      ([, { podSelector }]) => podSelector.matchLabels?.[nameLabel] === name,
    );
    return {
      ingress: own.flatMap(([, { ingress = [] }]) => ingress),
      egress: own.flatMap(([, { egress = [] }]) => egress),
    };
  };
  /** The environment of a service, with words of some length for secrets that only production knows. */
  const envOf = (container: Container): Env => ({
    ...Object.assign({}, ...container.envFrom.map(({ configMapRef }) => dataOf('ConfigMap', configMapRef.name))),
    ...Object.fromEntries(
      (container.env ?? []).flatMap(({ name, valueFrom: { secretKeyRef } }) => {
        const secret = dataOf('Secret', secretKeyRef.name)?.[secretKeyRef.key];
        if (secret === undefined && secretKeyRef.optional) return [];
        return [
          [
            name,
            secret === undefined ? '0123456789abcdefghijklmnopqrstuvwxyz' : Buffer.from(secret, 'base64').toString(),
          ],
        ];
      }),
    ),
  });

  beforeAll(() => {
    all = renderKustomization(join(folder, 'overlays', overlay));
  });

  it.skipIf(!kustomize)(`is what kubectl makes of it (kustomize ${kustomize ?? 'not found: NOT COVERED'})`, () => {
    const { stdout, stderr } = spawnSync('kubectl', ['kustomize', join(folder, 'overlays', overlay)], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const made = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
    expect(comparable(made)).toEqual(comparable(all));
  });
  it('follows the schemas of Kubernetes, which know every field', () => {
    expect(all.flatMap(faultsOf)).toEqual([]);
    const [first] = all.filter(({ kind }) => kind === 'Deployment');
    expect(first && faultsOf({ ...first, spec: { ...(first.spec as object), replica: 3 } })).toEqual([
      expect.stringContaining('must NOT have additional properties {"additionalProperty":"replica"}'),
    ]);
    expect(all.filter(({ kind, metadata }) => kind !== 'Namespace' && metadata.namespace !== 'tickfolio')).toEqual([]);
    const ids = all.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });
  it('has every service, from its image, with a version', () => {
    expect(
      containers()
        .map(([name]) => name)
        .sort(),
    ).toEqual([...services, ...(overlay === 'local' ? ['exchange-sim'] : [])].sort());
    expect(containers().filter(([name, { image }]) => !new RegExp(`/${name}:\\d[\\w.-]*$`).test(image))).toEqual([]);
  });
  it('asks every container whether it lives and is ready, at a port it has', () => {
    const lacking = containers().filter(([name, { startupProbe, livenessProbe, readinessProbe, ports }]) => {
      const has = (probe: Probe | undefined, path: string) =>
        ports.some((port) => port.name === probe?.httpGet?.port) &&
        probe?.httpGet?.path === (name === 'exchange-sim' ? '/api/v3/ping' : path);
      return !has(startupProbe, '/health') || !has(livenessProbe, '/health') || !has(readinessProbe, '/ready');
    });
    expect(lacking.map(([name]) => name)).toEqual([]);
  });
  it('bounds every container, and lets none do what it need not', () => {
    for (const [name, { template, selector }] of deployments()) {
      const { containers: own, topologySpreadConstraints, ...pod } = template.spec;
      expect([name, own.length]).toEqual([name, 1]);
      const [container] = own;
      expect(container.resources).toEqual({
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: container.resources.requests.memory },
      });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod).toMatchObject({
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        automountServiceAccountToken: false,
        enableServiceLinks: false,
      });
      expect(container.volumeMounts).toContainEqual({ name: 'tmp', mountPath: '/tmp' });
      expect(pod.volumes).toContainEqual({ name: 'tmp', emptyDir: { sizeLimit: '16Mi' } });
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(
        container.lifecycle.preStop.sleep.seconds + drainSeconds,
      );
      expect(topologySpreadConstraints.map(({ labelSelector }) => labelSelector)).toEqual([selector, selector]);
      expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    }
  });
  it('sets what the services know, and values they accept', () => {
    for (const [name, container] of containers()) {
      const env = envOf(container);
      const { names, read } = serviceSettings[name as ServiceName];
      expect([name, Object.keys(env).filter((variable) => !names.includes(variable))]).toEqual([name, []]);
      // Files of a Secret, which nobody has here.
      const config = read(
        Object.fromEntries(Object.entries(env).filter(([variable]) => !variable.startsWith('GRPC_TLS_'))),
      );
      const ports = listening
        .filter((variable) => config[variable] !== undefined)
        .map((variable) => portOf(config[variable]));
      expect([name, container.ports.map(({ containerPort }) => containerPort).sort()]).toEqual([name, ports.sort()]);
      expect([name, ports]).toEqual([name, portsOf(name).sort()]);
    }
  });
  it('tells each service where those are that it calls', () => {
    for (const [name, container] of containers()) {
      const settings = Object.entries(envOf(container)).filter(([variable]) => !variable.startsWith('GRPC_TLS_'));
      const led = addressesIn(serviceSettings[name as ServiceName].read(Object.fromEntries(settings)));
      const called = registry[name as ServiceName].calls.map(({ to, over }) => `${to}:${registry[to][over]?.port}`);
      expect([name, called.filter((address) => !led.includes(address))]).toEqual([name, []]);
    }
  });
  it('takes settings from where they are, and lacks none but those that a component may bring', () => {
    const wanted = containers().flatMap(([, { envFrom }]) => envFrom.map(({ configMapRef }) => configMapRef));
    const absent = wanted.filter(({ name }) => dataOf('ConfigMap', name) === undefined);
    expect(absent.filter(({ optional }) => optional !== true)).toEqual([]);
    expect(new Set(absent.map(({ name }) => name))).toEqual(new Set(overlay === 'local' ? ['grpc-tls-settings'] : []));
    const held = all.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name);
    expect(held.filter((name) => !wanted.some((one) => one.name === name))).toEqual([]);
  });
  it('takes secrets from where they are, and holds none that is not published', () => {
    const wanted = containers().flatMap(([, { env = [] }]) =>
      env.map(({ valueFrom: { secretKeyRef } }) => secretKeyRef),
    );
    const missing = wanted.filter(({ name, key, optional }) =>
      overlay === 'local' ? !optional && dataOf('Secret', name)?.[key] === undefined : !outside[name]?.includes(key),
    );
    expect(missing).toEqual([]);
    if (overlay === 'production') expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const environments = containers().flatMap(([name, container]) =>
      name === 'exchange-sim' ? [] : [envOf(container).ENV],
    );
    expect(new Set(environments)).toEqual(new Set([overlay]));
    const readable = all.filter(
      ({ kind, data }) => kind === 'ConfigMap' && /PASSWORD|SECRET/.test(JSON.stringify(data)),
    );
    expect(readable).toEqual([]);
  });
  it('has a place in a Secret for whatever is secret', () => {
    for (const [name, { env = [] }] of containers()) {
      if (name === 'exchange-sim') continue;
      const known = serviceSettings[name as ServiceName].names;
      const secret = known.filter((variable) => /_(SECRET|PASSWORD)$|^HTTPS_PROXY$/.test(variable));
      // One of OpenTelemetry's own, which hold too; it has the key of whoever keeps the traces.
      secret.push('OTEL_EXPORTER_OTLP_HEADERS');
      const placed = new Set(env.map((one) => one.name));
      expect([name, secret.filter((variable) => !placed.has(variable))]).toEqual([name, []]);
    }
  });
  it('encrypts gRPC in production, with certificates from a Secret of each service', () => {
    for (const [name, { template }] of deployments()) {
      const [container] = template.spec.containers;
      const files = Object.entries(envOf(container)).filter(([variable]) => variable.startsWith('GRPC_TLS_'));
      const wanted = overlay === 'production' && speaksGrpc(name as ServiceName);
      const expected = {
        GRPC_TLS_CA: '/etc/grpc-tls/ca.crt',
        GRPC_TLS_CERT: '/etc/grpc-tls/tls.crt',
        GRPC_TLS_KEY: '/etc/grpc-tls/tls.key',
      };
      expect([name, Object.fromEntries(files)]).toEqual([name, wanted ? expected : {}]);
      if (!wanted) continue;
      const settings = container.envFrom
        .map(({ configMapRef }) => configMapRef)
        .find((one) => one.name.startsWith('grpc-tls-settings'));
      expect([name, settings?.optional]).toEqual([name, undefined]);
      expect(container.volumeMounts).toContainEqual({ name: 'grpc-tls', mountPath: '/etc/grpc-tls', readOnly: true });
      expect(template.spec.volumes).toContainEqual({
        name: 'grpc-tls',
        secret: { secretName: `grpc-tls-${name}`, defaultMode: 0o440 },
      });
    }
  });
  it('leads every Service, budget and autoscaler to pods that are there', () => {
    const find = (labels: Labels) =>
      deployments().filter(([, { template }]) =>
        Object.entries(labels).every(([name, value]) => template.metadata.labels[name] === value),
      );
    for (const [name, { selector, ports }] of of<Service>('Service')) {
      const [found, ...more] = find(selector);
      expect([name, found?.[0], more]).toEqual([name, name, []]);
      const open = found?.[1].template.spec.containers[0].ports ?? [];
      for (const { port, targetPort } of ports) expect(open).toContainEqual({ name: targetPort, containerPort: port });
    }
    expect(
      of<object>('PodDisruptionBudget')
        .map(([name]) => name)
        .sort(),
    ).toEqual(
      deployments()
        .map(([name]) => name)
        .sort(),
    );
    for (const [name, { selector }] of of<Deployment>('PodDisruptionBudget'))
      expect(find(selector.matchLabels).map(([found]) => found)).toEqual([name]);
    const sources = readSources();
    for (const [name, { scaleTargetRef, minReplicas, maxReplicas, metrics }] of of<Autoscaler>(
      'HorizontalPodAutoscaler',
    )) {
      const target = deployments().find(([found]) => found === scaleTargetRef.name);
      expect([name, target?.[0], target?.[1].replicas]).toEqual([name, name, undefined]);
      expect(minReplicas).toBeLessThanOrEqual(maxReplicas);
      for (const { pods, external } of metrics) {
        const metric = (pods ?? external)?.metric.name;
        if (metric === undefined) continue;
        const own = metric.replace(`tickfolio_${name}_`, '');
        expect([
          metric,
          sources.some(
            ({ workspace, text, forTests }) => !forTests && workspace.endsWith(name) && text.includes(`name: '${own}'`),
          ),
        ]).toEqual([metric, true]);
      }
    }
  });
  it('lets the services reach each other and their servers, and nothing else reach them', () => {
    const policies = of<Policy>('NetworkPolicy');
    const names = deployments().map(([name]) => name);
    expect(policies).toContainEqual(['nothing-else', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }]);
    let calls = 0;
    for (const [name, container] of containers()) {
      for (const [variable, value] of Object.entries(envOf(container))) {
        const url = URL.canParse(value) && /^(ws|http)s?:/.test(value) ? new URL(value) : undefined;
        const address = url
          ? { host: url.hostname, port: Number(url.port || 443) }
          : variable === 'POSTGRES_HOST'
            ? { host: value, port: 5432 }
            : parseAddress(value);
        if (!address || listening.includes(variable) || !(url || variable === 'POSTGRES_HOST' || value.includes(':')))
          continue;
        calls++;
        const { host, port } = address;
        const ours = names.includes(host);
        const isPeer = (peers: readonly Peer[] | undefined, peer: string) =>
          peers ? peers.some(({ podSelector }) => podSelector?.matchLabels[nameLabel] === peer) : !ours;
        const leaves = policyOf(name).egress.some(
          ({ to, ports }) => isPeer(to, host) && ports.some((open) => open.port === port),
        );
        const enters =
          !ours ||
          policyOf(host).ingress.some(
            ({ from, ports }) => isPeer(from, name) && ports.some((open) => open.port === port),
          );
        const served =
          !ours ||
          of<Service>('Service').some(
            ([found, { ports }]) => found === host && ports.some((open) => open.port === port),
          );
        // The simulator's port is the exchange's, so that the rule for anywhere lets it through.
        expect([name, variable, host === 'exchange-sim' || leaves, enters, served]).toEqual([
          name,
          variable,
          true,
          true,
          true,
        ]);
      }
    }
    expect(calls).toBeGreaterThanOrEqual(13);
    const scraped = deployments().map(([name, { template }]) => [
      name,
      Number(template.metadata.annotations['prometheus.io/port']),
    ]);
    expect(scraped).toEqual(names.map((name) => [name, registry[name as ServiceName].operations.port]));
  });
  it('opens the ways that the registry has, and no other', () => {
    const nameOf = ({ podSelector, namespaceSelector }: Peer) =>
      podSelector?.matchLabels[nameLabel] ?? namespaceSelector?.matchLabels['kubernetes.io/metadata.name'];
    /** `to bff 8080`, and `to anyone 5432` for what lies outside. */
    const ways = (word: string, peers: readonly Peer[] | undefined, ports: readonly { readonly port: number }[]) =>
      (peers?.map(nameOf) ?? ['anyone']).flatMap((peer) => ports.map(({ port }) => `${word} ${peer} ${port}`));
    for (const name of services) {
      const { ingress, egress } = policyOf(name);
      const { calls, needs, http, operations } = registry[name];
      const facePort = (to: ServiceName, over: 'grpc' | 'http') => registry[to][over]?.port;
      const callers = services.flatMap((from) =>
        registry[from].calls.flatMap(({ to, over }) => (to === name ? [{ from, over }] : [])),
      );
      const servedBy = needs.flatMap((need) => (need === 'exchange' ? exchangePorts : [servers[need].port]));
      const expected = [
        ...calls.map(({ to, over }) => `to ${to} ${facePort(to, over)}`),
        ...servedBy.map((port) => `to anyone ${port}`),
        ...callers.map(({ from, over }) => `from ${from} ${facePort(name, over)}`),
        ...(http?.for === 'clients' ? [`from anyone ${http.port}`] : []),
        `from monitoring ${operations.port}`,
      ];
      const found = [
        ...egress.flatMap(({ to, ports }) => ways('to', to, ports)),
        ...ingress.flatMap(({ from, ports }) => ways('from', from, ports)),
      ];
      expect([name, found.sort()]).toEqual([name, expected.sort()]);
    }
  });
});
