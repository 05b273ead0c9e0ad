import { Type } from 'typebox';
import type { Body } from './body.js';
import { messageAnswer, strict } from './fields.js';

/** What is said of a new name and of a new password; by it a fault is known for one of theirs. */
export const nameForm = '3 to 64 characters of the letters A to Z, the digits 0 to 9, "_", "." and "-"';
export const name = Type.String({
  pattern: '^[A-Za-z0-9_.-]{3,64}$',
  description: nameForm,
  examples: ['myuser'],
});
/** The auth service has the same bounds; what no account can have need not be carried there. */
const maxNameLength = 64;
const maxPasswordLength = 128;
/** A character may be typed as a letter and up to three marks; the auth service counts those as one. */
export const maxTypedLength = 4 * maxPasswordLength;
export const passwordForm = `8 to ${maxPasswordLength} characters, accents typed by themselves not counted; none of the commonest passwords, and more than the name with digits`;
export const password = Type.String({
  minLength: 8,
  maxLength: maxTypedLength,
  description: passwordForm,
  examples: ['correct horse battery'],
});

export const RegisterBody = Type.Object(
  {
    name,
    password,
    recoveryCodes: Type.Optional(
      Type.Boolean({ description: 'whether to make recovery codes, and to answer with them', examples: [true] }),
    ),
  },
  strict,
);
/** Not checked like a registration, save for its size: what no account can have is simply wrong. */
export const LoginBody = Type.Object(
  {
    name: Type.String({ maxLength: maxNameLength, examples: ['myuser'] }),
    password: Type.String({ maxLength: maxTypedLength, examples: ['correct horse battery'] }),
  },
  strict,
);
export const RegisteredAnswer = Type.Object(
  {
    message: Type.String({ examples: ['user created successfully'] }),
    recoveryCodes: Type.Optional(
      Type.Array(Type.String({ examples: ['7k3m-q9xd-2hpw-v4ta'] }), {
        description:
          'where they were asked for, shown this once; a repeated request gets new ones for 10 minutes, and none after that or with a second factor',
      }),
    ),
  },
  { description: 'Done.' },
);
export const LoggedOutAnswer = messageAnswer('logged out successfully');
export const LoggedOutEverywhereAnswer = messageAnswer('logged out everywhere successfully');
export const AccessTokenAnswer = Type.Object(
  { accessToken: Type.String({ description: 'a JWT, valid for 15 minutes', examples: ['eyJhbGciOiJIUzI1NiJ9.…'] }) },
  { description: 'The access token; the refresh token is in the cookie.' },
);
const SecondFactorAnswer = Type.Object(
  {
    secondFactor: Type.Object({
      ticket: Type.String({ description: 'good for 5 minutes and 5 tries', examples: ['q1w2e3…'] }),
      kinds: Type.Array(Type.String(), { examples: [['totp', 'recovery-code']] }),
    }),
  },
  { description: 'The password was right, and the account has a second factor: give it to `/auth/second-factor`.' },
);
export const LoginAnswer = Type.Union([AccessTokenAnswer, SecondFactorAnswer], {
  description: 'The access token, with the refresh token in the cookie; or what a second factor needs, without either.',
});
export const CookieAnswer = Type.Object(
  {
    kept: Type.Boolean({
      description: 'it came with this request; false too where nobody is signed in',
      examples: [true],
    }),
    needsHttps: Type.Boolean({
      description: 'browsers drop it where the page was opened by plain http',
      examples: [true],
    }),
  },
  { description: 'What is known of the cookie.' },
);
export type CookieAnswer = Body<typeof CookieAnswer>;
