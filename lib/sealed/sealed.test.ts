import { describe, expect, it } from 'vitest';
import { AppError } from '../errors/errors.js';
import { createSealer, sealingKey } from './sealed.js';

const [older, newer] = [sealingKey('a'.repeat(32)), sealingKey('b'.repeat(32))];
const place = ['totp', 'user-1', 'secret'];
const codeOf = (work: () => unknown) => {
  try {
    work();
    return 'opened';
  } catch (err) {
    return err instanceof AppError ? err.code : String(err);
  }
};

describe('a sealed text', () => {
  const sealer = createSealer(older);
  it('opens where it belongs, and says nothing of what is in it', () => {
    const sealed = sealer.seal('JBSWY3DPEHPK3PXP', place);
    expect(sealer.open(sealed, place)).toBe('JBSWY3DPEHPK3PXP');
    expect(sealed).toMatch(/^tfk1\.[0-9a-f]{8}\.[\w-]+\.[\w-]+$/);
    expect(sealed).not.toContain('JBSWY3DPEHPK3PXP');
    expect(sealer.seal('JBSWY3DPEHPK3PXP', place)).not.toBe(sealed);
  });
  it('opens in no other row, under no other field and in no other order of the two', () => {
    const sealed = sealer.seal('secret', place);
    for (const other of [
      ['totp', 'user-2', 'secret'],
      ['totp', 'user-1'],
      ['totpuser-1', 'secret'],
    ])
      expect(codeOf(() => sealer.open(sealed, other))).toBe('internal');
  });
  it('opens with no bit of it changed or left out', () => {
    const sealed = sealer.seal('secret', place);
    const [head = '', id = '', wrapped = '', text = ''] = sealed.split('.');
    const flipped = (part: string, at: number) => {
      const bytes = Buffer.from(part, 'base64url');
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes.toString('base64url');
    };
    const length = Buffer.from(text, 'base64url').length;
    const wrong = [
      ...Array.from({ length }, (_, at) => [head, id, wrapped, flipped(text, at)].join('.')),
      [head, id, flipped(wrapped, 30), text].join('.'),
      [head, id, wrapped, text.slice(0, 20)].join('.'),
      [head, id, wrapped].join('.'),
      `${sealed}.x`,
      'secret',
      '',
    ];
    for (const one of wrong) expect([one, codeOf(() => sealer.open(one, place))]).toEqual([one, 'internal']);
  });
  it('still opens after the key was changed, as long as the one before is known', () => {
    const sealed = sealer.seal('secret', place);
    expect(createSealer(newer, [older]).open(sealed, place)).toBe('secret');
    expect(() => createSealer(newer).open(sealed, place)).toThrow(`the key "${older.id}"`);
    expect(codeOf(() => createSealer(newer).open(sealed, place))).toBe('failed_precondition');
  });
});
