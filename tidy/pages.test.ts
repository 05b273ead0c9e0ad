import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from '@tickfolio/lib/config';
import { describe, expect, it } from 'vitest';
import { fieldReasons } from './errors-page.js';
import { pages } from './pages.js';
import { settingsOf } from './setting.js';
import { root } from './sources.js';

describe('what a person looks up', () => {
  it.each(Object.entries(pages))('%s says what the code says today', (path, text) => {
    expect(readFileSync(join(root, path), 'utf8') === text(), `${path} is out of date: run "make docs"`).toBe(true);
  });

  it('a setting is told with its default, what may stand there, and what it means', () => {
    const shape = {
      LATER: z.string().default('10s').transform(Number).meta({ kind: 'duration' }).describe('How long.'),
      MODE: z.enum(['auto', 'off']).optional().describe('How.'),
      SECRET: z.string().describe('What.'),
      SWITCH: z.enum(['true', 'false']).default('false').meta({ kind: '`on` or `off`' }).describe('Whether.'),
      GONE: z.undefined({ error: 'is for others' }).optional(),
    };
    expect(settingsOf(shape)).toEqual([
      { name: 'LATER', words: 'How long.', kind: 'duration', fallback: '`10s`' },
      { name: 'MODE', words: 'How.', kind: '`auto`, `off`', fallback: 'none' },
      { name: 'SECRET', words: 'What.', kind: 'text', fallback: 'required' },
      { name: 'SWITCH', words: 'Whether.', kind: '`on` or `off`', fallback: '`off`' },
    ]);
  });

  it('the reasons of refusals are found however they are written', () => {
    expect(fieldReasons()).toEqual(
      expect.arrayContaining([
        { reason: 'name-shape', field: 'name', status: undefined },
        { reason: 'not-held', field: 'symbol', status: undefined },
        { reason: 'password-like-name', field: 'password', status: undefined },
        { reason: 'too-many-coins', field: 'symbol', status: 409 },
        { reason: 'unknown-change', field: 'id', status: 404 },
        { reason: 'unknown-symbol', field: 'symbol', status: undefined },
      ]),
    );
  });
});
