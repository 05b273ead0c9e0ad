import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createAccessTokenVerifier, signAccessToken } from './access-token.js';

const secret = randomBytes(32).toString('hex');
const who = { userId: 'u-1', userName: 'Ada', sessionId: 's-1' };
const build = () => {
  const clock = createManualClock(1_700_000_000_500);
  return {
    clock,
    verify: createAccessTokenVerifier({ secret, clock }),
    sign: (ttlMs = 60_000) => signAccessToken({ secret, clock }, who, ttlMs),
  };
};
const faultOf = (work: () => unknown) => {
  try {
    work();
  } catch (err) {
    expect(err).toBeInstanceOf(AppError);
    expect((err as AppError).code).toBe('unauthenticated');
    const faults: Readonly<Record<string, string>> = {
      'The access token has expired.': 'expired',
      'The access token is not valid.': 'invalid',
    };
    return faults[(err as AppError).message];
  }
  return 'accepted';
};
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  it('says who it was given to, and until when', () => {
    const { verify, sign } = build();
    const { token, expiresAtMs } = sign();
    expect(expiresAtMs).toBe(1_700_000_061_000);
    expect(verify(token)).toEqual({ ...who, expiresAtMs });
  });

  it('says who is an operator, and takes no other word for it', () => {
    const { clock, verify } = build();
    const sign = (role: 'operator') => signAccessToken({ secret, clock }, { ...who, role }, 60_000).token;
    expect(verify(sign('operator')).role).toBe('operator');
    expect(verify(sign('Operator' as 'operator'))).not.toHaveProperty('role');
    const [head = '', , signature = ''] = sign('operator').split('.');
    const claims = part({ sub: 'u-1', name: 'Ada', sid: 's-1', role: 'operator', exp: 2_000_000_000 });
    expect(faultOf(() => verify(`${head}.${claims}.${signature}`))).toBe('invalid');
  });

  it('expires after its time and a small tolerance', () => {
    const { clock, verify, sign } = build();
    const { token } = sign();
    clock.advance(60_500 + 4_000);
    expect(faultOf(() => verify(token))).toBe('accepted');
    clock.advance(2_000);
    expect(faultOf(() => verify(token))).toBe('expired');
  });

  it('is refused with another secret, algorithm, issuer or audience, and when tampered with', () => {
    const { clock, verify, sign } = build();
    const seconds = Math.floor(clock.now() / 1_000);
    const claims = {
      sub: 'u-1',
      name: 'Ada',
      sid: 's-1',
      iss: 'tickfolio-auth',
      aud: 'tickfolio',
      iat: seconds,
      exp: seconds + 60,
    };
    const signed = (change: object, key = secret, algorithm: 'HS256' | 'HS512' = 'HS256') => {
      const text = `${part({ alg: algorithm, typ: 'JWT' })}.${part({ ...claims, ...change })}`;
      const digest = createHmac(algorithm === 'HS256' ? 'sha256' : 'sha512', key).update(text);
      return `${text}.${digest.digest('base64url')}`;
    };
    expect(faultOf(() => verify(signed({})))).toBe('accepted');
    const body = `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}`;
    const [head = '', , signature = ''] = sign().token.split('.');
    const wrong: Record<string, string> = {
      'another secret': signed({}, `${secret}x`),
      'another algorithm of the same family': signed({}, secret, 'HS512'),
      'no algorithm': `${body}.`,
      'no algorithm, but a signature': `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`,
      'another issuer': signed({ iss: 'someone' }),
      'another audience': signed({ aud: 'someone' }),
      'no subject': signed({ sub: undefined }),
      'no session': signed({ sid: undefined }),
      'a name that is no text': signed({ name: 7 }),
      'no end': signed({ exp: undefined }),
      'not valid yet': signed({ nbf: seconds + 60 }),
      'other claims under the same signature': `${head}.${part({ ...claims, sub: 'u-2' })}.${signature}`,
      'a text without parts': 'nonsense',
      nothing: '',
      'far too long': 'a'.repeat(100_000),
    };
    for (const [what, token] of Object.entries(wrong))
      expect([what, faultOf(() => verify(token))]).toEqual([what, 'invalid']);
  });
});
