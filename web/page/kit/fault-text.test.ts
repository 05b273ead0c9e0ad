import { problemOf } from '@tickfolio/client/problem';
import { describe, expect, it } from 'vitest';
import { de } from '../text/messages-de.js';
import { en } from '../text/messages-en.js';
import { de as securityDe } from '../text/security/de.js';
import { en as securityEn } from '../text/security/en.js';
import { faultText } from './fault-text.js';

const refused = (status: number, reason?: string) => {
  const detail = 'Words of the server.';
  const errors = reason === undefined ? undefined : [{ field: 'symbol', message: detail, reason }];
  return problemOf(new Response(JSON.stringify({ detail, errors }), { status }));
};

describe('what the server refused', () => {
  it.each([
    [409, 'quantity-too-large'],
    [409, 'too-many-coins'],
    [409, 'more-than-held'],
    [409, 'not-held'],
    [404, 'not-held'],
    [422, 'unknown-symbol'],
    [422, 'symbol-delisted'],
    [422, 'symbol-not-valued'],
    [422, 'valuation-asset'],
    [400, 'quantity-shape'],
    [401, undefined],
    [403, undefined],
    [429, undefined],
    [503, undefined],
  ])('is said in the language of the page: %i %s', async (status, reason) => {
    const problem = await refused(status, reason);
    const said = [en, de].map((text) => faultText(problem, text));
    for (const sentence of said) expect(sentence).not.toMatch(/Words of the server/);
    expect(said[0]).not.toBe(said[1]);
  });
  it.each([
    [en, 'A to Z'],
    [de, 'A bis Z'],
  ])('says which letters a name may have to somebody called İstanbul or 币安人生: %#', async (text, letters) => {
    expect(faultText(await refused(400, 'name-shape'), text)).toContain(letters);
    expect((text === en ? securityEn : securityDe).nameHint).toContain(letters);
  });
  it('is said to be in the words of the server where the page has none for it', async () => {
    expect(faultText(await refused(409), de)).toBe(
      'Der Server hat das abgelehnt, mit seinen eigenen Worten: Words of the server.',
    );
  });
});
