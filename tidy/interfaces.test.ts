import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { root } from './sources.js';

type Rules = Record<string, 'error' | 'off'>;

/** What a linter of such documents finds in one, each as a line. */
const faultsOf = async (source: string, rules: Rules): Promise<string[]> => {
  const config = await createConfig({ extends: ['recommended-strict'], rules });
  const found = await lintFromString({ source, config });
  return found.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`);
};
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the documents of the interfaces', () => {
  it('are written as OpenAPI wants it: examples fit, tags and problems are described, nothing is left over', async () => {
    const rules: Rules = {
      'no-invalid-media-type-examples': 'error',
      'no-invalid-schema-examples': 'error',
      'tag-description': 'error',
      'operation-tag-defined': 'error',
      'no-unused-components': 'error',
      // Two addresses are WebSockets, which answer 101; some calls have no way to be wrong.
      'operation-2xx-response': 'off',
      'operation-4xx-response': 'off',
    };
    const text = read('api/openapi.json');
    expect(await faultsOf(text, rules)).toEqual([]);
    // That it looks at all.
    expect(await faultsOf(text.replace('"quantity": "1.5"', '"quantity": 1.5'), rules)).toHaveLength(1);
  });

  it.each(['api/asyncapi.json', 'api/events.json'])('are written as AsyncAPI wants it: %s', async (path) => {
    // The demo needs none, and the containers' Kafka has none.
    expect(await faultsOf(read(path), { 'security-defined': 'off' })).toEqual([]);
  });
});
