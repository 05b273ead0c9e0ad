import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** A Kubernetes object, read no further than needed. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  readonly [field: string]: unknown;
}

interface Generator {
  readonly name: string;
  readonly behavior?: 'create' | 'merge';
  readonly literals?: readonly string[];
  readonly envs?: readonly string[];
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

interface Target {
  readonly kind: string;
  readonly name?: string;
  readonly labelSelector?: string;
}

interface Kustomization {
  /** What a component does it does to all that stands before it. */
  readonly kind: 'Kustomization' | 'Component';
  readonly namespace?: string;
  readonly labels?: readonly { readonly pairs: Record<string, string>; readonly includeTemplates?: boolean }[];
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly configMapGenerator?: readonly Generator[];
  readonly secretGenerator?: readonly Generator[];
  readonly patches?: readonly {
    readonly path?: string;
    readonly patch?: string;
    readonly target: Target;
  }[];
  readonly replicas?: readonly { readonly name: string; readonly count: number }[];
}

/** What this reader does as kustomize does; anything else is refused rather than passed over. */
const known = new Set([
  'apiVersion',
  'kind',
  'namespace',
  'labels',
  'resources',
  'components',
  'configMapGenerator',
  'secretGenerator',
  'patches',
  'replicas',
]);
const clusterWide = new Set(['Namespace']);

type Fields = Record<string, unknown>;

const pairsOf = ({ literals = [], envs = [] }: Generator, folder: string): Record<string, string> => {
  const lines = [
    ...literals,
    ...envs.flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    ),
  ];
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
};

const base64 = (pairs: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(pairs).map(([name, value]) => [name, Buffer.from(value).toString('base64')]));

const generate = (kind: 'ConfigMap' | 'Secret', generator: Generator, folder: string, all: Manifest[]): void => {
  const pairs = pairsOf(generator, folder);
  const data = kind === 'Secret' ? base64(pairs) : pairs;
  const existing = all.find((one) => one.kind === kind && one.metadata.name === generator.name);
  if ((generator.behavior === 'merge') !== (existing !== undefined))
    throw new Error(`${folder}: ${kind} ${generator.name} merges with nothing, or twice`);
  if (existing) Object.assign(existing.data as Fields, data);
  else
    all.push({
      apiVersion: 'v1',
      kind,
      metadata: { name: generator.name },
      data,
      ...(kind === 'Secret' ? { type: 'Opaque' } : {}),
    });
};

const patch = (manifest: Manifest, { op, path, value }: Operation): void => {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop();
  let at: unknown = manifest;
  for (const step of steps) at = (at as Fields | undefined)?.[step];
  const fault = new Error(`${op} ${path} cannot be applied to ${manifest.metadata.name}`);
  if (last === undefined || typeof at !== 'object' || at === null) throw fault;
  const fields = at as Fields;
  const copy = structuredClone(value);
  if (op === 'add') {
    if (!Array.isArray(at)) fields[last] = copy;
    else if (last === '-') at.push(copy);
    else at.splice(Number(last), 0, copy);
  } else if (!(last in at)) throw fault;
  else if (op === 'replace') fields[last] = copy;
  else if (op === 'remove' && !Array.isArray(at)) delete fields[last];
  else throw fault;
};

const isTarget = ({ kind, name = '.*', labelSelector }: Target, manifest: Manifest): boolean => {
  const [label, wanted, ...more] = labelSelector?.split('=') ?? [];
  if (label !== undefined && (wanted === undefined || more.length > 0))
    throw new Error(`the selector ${labelSelector} is not understood here`);
  const { kind: found, metadata } = manifest;
  return (
    found === kind &&
    new RegExp(`^(${name})$`).test(metadata.name) &&
    (label === undefined || metadata.labels?.[label] === wanted)
  );
};

const apply = (folder: string, all: Manifest[]): void => {
  const file = join(folder, 'kustomization.yaml');
  const text = parse(readFileSync(file, 'utf8')) as Kustomization;
  const strange = Object.keys(text).filter((field) => !known.has(field));
  if (strange.length) throw new Error(`${file}: ${strange} is not understood here`);
  const own: Manifest[] = text.kind === 'Component' ? all : [];
  for (const resource of text.resources ?? []) {
    const path = join(folder, resource);
    if (statSync(path).isDirectory()) apply(path, own);
    else for (const document of parseAllDocuments(readFileSync(path, 'utf8'))) own.push(document.toJS() as Manifest);
  }
  for (const generator of text.configMapGenerator ?? []) generate('ConfigMap', generator, folder, own);
  for (const generator of text.secretGenerator ?? []) generate('Secret', generator, folder, own);
  for (const component of text.components ?? []) apply(join(folder, component), own);
  for (const { path, patch: inline, target } of text.patches ?? []) {
    const operations = parse(inline ?? readFileSync(join(folder, path ?? ''), 'utf8')) as Operation[];
    const targets = own.filter((manifest) => isTarget(target, manifest));
    if (targets.length === 0) throw new Error(`${file}: a patch has no target`);
    for (const manifest of targets) for (const operation of operations) patch(manifest, operation);
  }
  for (const { name, count } of text.replicas ?? []) {
    const scaled = own.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name);
    if (!scaled) throw new Error(`${file}: no Deployment ${name} to scale`);
    (scaled.spec as Fields).replicas = count;
  }
  for (const { pairs, includeTemplates } of text.labels ?? [])
    for (const manifest of own) {
      manifest.metadata.labels = { ...manifest.metadata.labels, ...pairs };
      const template = (manifest.spec as { template?: Manifest } | undefined)?.template;
      if (includeTemplates && template) template.metadata.labels = { ...template.metadata.labels, ...pairs };
    }
  if (text.namespace !== undefined)
    for (const manifest of own) if (!clusterWide.has(manifest.kind)) manifest.metadata.namespace = text.namespace;
  if (own !== all) all.push(...own);
};

/**
 * The manifests of a kustomization, as `kustomize build` gives them, but that generated names carry no hash of their
 * content. Knows what deploy/kubernetes uses and no more. @throws Error naming what it does not understand
 */
export const renderKustomization = (folder: string): Manifest[] => {
  const all: Manifest[] = [];
  apply(folder, all);
  return all;
};
