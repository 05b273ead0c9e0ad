import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aliases } from './api/aliases.js';
import { openTestPostgres, startTestBff, type TestBff } from './kit/bff.js';
import { modules } from './modules.js';

interface Document {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly tags: readonly string[] }>>>>;
}

let postgres: Postgres;
let bff: TestBff;
let document: Document;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres });
  document = JSON.parse((await bff.call(undefined, 'GET', '/openapi.json')).text) as Document;
});
afterAll(async () => {
  await bff?.close();
  await postgres?.close();
});

describe('the domains of the gateway', () => {
  it('each have a group in the description of the interfaces, in which there is something', () => {
    const used = new Set(
      Object.values(document.paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)),
    );
    const names = document.tags.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['auth', 'profile', 'market', 'live']);
    expect(names).toEqual([...new Set(modules.map(({ tag }) => tag)), 'operations']);
    expect(modules.filter(({ tag }) => !used.has(tag))).toEqual([]);
  });
  it('have the addresses that begin as theirs do, and nobody else has others than those of operations', () => {
    const prefixes = [...modules.map(({ prefix }) => prefix), ...Object.keys(aliases)];
    const others = Object.keys(document.paths).filter((path) => !prefixes.some((prefix) => path.startsWith(prefix)));
    expect(others).toEqual(['/health', '/ready', '/metrics']);
  });
  it('say in /ready how their neighbours are, after the stores', async () => {
    const { dependencies } = (await bff.call(undefined, 'GET', '/ready')).body;
    const names = Object.keys(dependencies);
    expect(names.slice(0, 4)).toEqual(['profile-database', 'price-bus', 'authorization', 'aggregator']);
    expect(names).toHaveLength(2 + modules.filter(({ dependency }) => dependency !== undefined).length);
  });
});
