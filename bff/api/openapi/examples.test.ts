import { readFileSync } from 'node:fs';
import { problemKinds } from '@tickfolio/lib/http';
import { Check, Errors } from 'typebox/schema';
import { describe, expect, it } from 'vitest';
import { modules } from '../../modules.js';

interface Content {
  readonly schema: object & { readonly $ref?: string };
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Described {
  readonly content?: Readonly<Record<string, Content>>;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described>>;
  readonly 'x-rate-limit'?: { readonly per: string; readonly calls: number };
}
interface Document {
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: { readonly Problem: object };
    readonly examples: Readonly<Record<string, { readonly value: { readonly status: number; readonly code: string } }>>;
  };
}

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
/** What the gateway serves, which openapi.test.ts compares. */
const document = JSON.parse(read('api/openapi.json')) as Document;
const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

const contents = operations.flatMap(({ operationId, requestBody, responses }) =>
  Object.entries({ sent: requestBody ?? {}, ...responses }).flatMap(([name, { content = {} }]) =>
    Object.entries(content).map(([type, one]) => ({ name: `${operationId} ${name}`, type, one })),
  ),
);

describe('who reads the description', () => {
  it('sees an example of each body and each answer, and it is one', () => {
    const json = contents.filter(({ type }) => type === 'application/json');
    expect(json.length).toBeGreaterThan(60);
    const faults = json.flatMap(({ name, one: { schema, example } }) =>
      example !== undefined && Check(schema, example) ? [] : [[name, example, Errors(schema, example)[1]]],
    );
    expect(faults).toEqual([]);
  });

  it('sees of each refusal the problem that it is, as the server writes it', () => {
    const refusals = contents.filter(({ type }) => type === 'application/problem+json');
    expect(refusals.length).toBeGreaterThan(200);
    for (const { name, one } of refusals) {
      const [reason = ''] = Object.keys(one.examples ?? {});
      expect([name, one.examples]).toEqual([name, { [reason]: { $ref: `#/components/examples/${reason}` } }]);
      expect([name, document.components.examples[reason]?.value.status]).toEqual([name, Number(name.split(' ')[1])]);
    }
    for (const [reason, { value }] of Object.entries(document.components.examples)) {
      expect([reason, problemKinds.get(reason)]).toMatchObject([reason, { status: value.status }]);
      expect(value.code).toBe(`urn:tickfolio:problem:${reason}`);
      expect(Check(document.components.schemas.Problem, value)).toBe(true);
    }
  });

  it('sees what each group is about, and which version this is', () => {
    expect(document.tags.map(({ name }) => name)).toEqual([
      ...new Set([...modules.map(({ tag }) => tag), 'operations']),
    ]);
    expect(document.tags.filter(({ description }) => !/\.$/.test(description))).toEqual([]);
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(document.info.version).toBe(version);
    expect((JSON.parse(read('api/asyncapi.json')) as Document).info.version).toBe(version);
  });

  it('sees how often what is counted may be called', () => {
    const limitOf = (id: string) => operations.find(({ operationId }) => operationId === id)?.['x-rate-limit'];
    expect(limitOf('logIn')).toEqual({ per: 'address', calls: 60, windowSeconds: 60 });
    expect(limitOf('changeCoin')).toEqual({ per: 'user', calls: 300, refillSeconds: 1 });
    expect(limitOf('listKlines')).toEqual({ per: 'user', calls: 120, refillSeconds: 1 });
    const counted = operations.filter(({ tags: [tag] }) => tag === 'auth' || tag === 'account');
    expect(counted.filter((one) => !one['x-rate-limit']).map(({ operationId }) => operationId)).toEqual([]);
  });
});
