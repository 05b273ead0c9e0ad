import { Type } from 'typebox';
import { maxTypedLength, name, password } from './accounts.js';
import type { Body } from './body.js';
import { limit, messageAnswer, moment, orNull, strict } from './fields.js';

const known = Type.String({ maxLength: maxTypedLength, examples: ['correct horse battery'] });
const recoveryCode = Type.String({
  maxLength: 64,
  description: 'one of the codes on the sheet, however it is typed',
  examples: ['7k3m-q9xd-2hpw-v4ta'],
});
const totpCode = Type.String({ maxLength: 16, description: 'the six digits that the app shows', examples: ['492039'] });
const ticket = Type.String({ maxLength: 1_024, description: 'as it was given', examples: ['eyJwdXJwb3Nl….q1w2'] });
const id = Type.String({ examples: ['0b6f8e52-7f0c-4b58-9d0a-5d8c2f1a3e47'] });
/** What browsers call a public key credential, in its JSON form; the auth service looks at it. */
const response = Type.Object(
  { id: Type.String({ maxLength: 1_400 }), type: Type.Optional(Type.String({ maxLength: 32 })) },
  {
    additionalProperties: true,
    description: 'what the browser answered, by `toJSON()` of the credential',
    examples: [{ id: 'q1w2e3…', type: 'public-key', rawId: 'q1w2e3…', response: {} }],
  },
);
const passkeyName = Type.String({ minLength: 1, maxLength: 256, examples: ['Laptop'] });
const next = orNull(Type.String(), { description: 'asks for the next page; null on the last' });

export const IdPath = Type.Object({
  id: Type.String({ maxLength: 64, examples: ['0b6f8e52-7f0c-4b58-9d0a-5d8c2f1a3e47'] }),
});

export const AccountAnswer = Type.Object(
  {
    id,
    name: Type.String({ examples: ['myuser'] }),
    role: orNull(Type.Literal('operator'), { description: 'what the user may do besides what everybody may' }),
    createdAt: moment,
    passwordChangedAt: orNull(moment, { description: 'null where it never was' }),
    recoveryCodesLeft: Type.Integer({ examples: [10] }),
    totp: Type.Boolean({ description: 'whether logins need a code of an authenticator app' }),
    passkeys: Type.Integer({ description: 'how many there are', examples: [1] }),
    freshUntil: { ...moment, description: 'until when this session may change how one gets in' },
  },
  { description: 'The account, and how one gets into it.' },
);
export type AccountAnswer = Body<typeof AccountAnswer>;

/** Of the link that shows what became of a deletion. */
const linkToken = Type.String({ maxLength: 64, examples: ['3f1c9a52b7e04d6f8a570c2f3b1d9e84'] });
export const DeletionHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{64}$',
      description:
        '64 random hexadecimal digits; they become the token of the link, where who gets no answer finds whether the account was deleted',
      examples: ['3f1c9a52b7e04d6f8a570c2f3b1d9e843f1c9a52b7e04d6f8a570c2f3b1d9e84'],
    }),
  ),
});
export const AccountDeletedAnswer = Type.Object(
  {
    message: Type.String({ examples: ['account deleted successfully'] }),
    link: Type.String({
      description: 'shows without an account for 30 days what became of it; said this once, and in `Location` too',
      examples: ['/api/v1/deletions/3f1c9a52b7e04d6f8a570c2f3b1d9e84'],
    }),
    token: { ...linkToken, description: 'the last part of it' },
  },
  { description: 'The account is gone; what services hold of the user goes in the next moments.' },
);
export type AccountDeletedAnswer = Body<typeof AccountDeletedAnswer>;

export const DeletionPath = Type.Object({ token: linkToken });
export const DeletionAnswer = Type.Object(
  {
    state: Type.Enum(['running', 'done'], { examples: ['running'] }),
    progress: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'how many services are done, as a part',
      examples: [0.5],
    }),
    deletedAt: moment,
    until: { ...moment, description: 'until when this is told' },
    services: Type.Array(
      Type.Object({
        service: Type.String({ examples: ['bff'] }),
        doneAt: orNull(moment, { description: 'null while it still holds something of the user' }),
      }),
    ),
  },
  { description: 'What became of it, service by service.' },
);
export type DeletionAnswer = Body<typeof DeletionAnswer>;

export const PasswordChangeBody = Type.Object({ old: known, new: password }, strict);
export const PasswordChangedAnswer = messageAnswer('password changed successfully');

export const ReauthenticateBody = Type.Union([
  Type.Object({ password: known }, strict),
  Type.Object({ ticket, response }, strict),
]);
export const ReauthenticatedAnswer = Type.Object(
  { freshUntil: { ...moment, description: 'until when this session may change how one gets in' } },
  { description: 'Proved.' },
);

export const SessionsAnswer = Type.Object(
  {
    sessions: Type.Array(
      Type.Object({
        id,
        current: Type.Boolean({ description: 'whether it is the one that asks' }),
        device: Type.String({
          description: 'as it says itself; empty where it does not',
          examples: ['Firefox on Linux'],
        }),
        network: Type.String({
          description: 'of the address it was last used from, /24 or /48; empty where that is not known',
          examples: ['203.0.113.0/24'],
        }),
        createdAt: moment,
        lastUsedAt: { ...moment, description: 'when it was opened or renewed' },
        expiresAt: moment,
      }),
    ),
    next,
  },
  { description: 'The open sessions, the one used last first; 100 at most.' },
);
export type SessionsAnswer = Body<typeof SessionsAnswer>;
export const SessionEndedAnswer = messageAnswer('session ended successfully');

export const RecoveryCodesAnswer = Type.Object(
  { recoveryCodes: Type.Array(recoveryCode) },
  { description: 'The new codes, shown this once; those of before are void.' },
);
export type RecoveryCodesAnswer = Body<typeof RecoveryCodesAnswer>;
export const RecoverBody = Type.Object({ name, code: recoveryCode, password }, strict);
export const RecoveredAnswer = Type.Object(
  {
    message: Type.String({ examples: ['password changed successfully'] }),
    recoveryCodesLeft: Type.Integer({ examples: [9] }),
  },
  { description: 'Done; sign in with the new password.' },
);

export const TotpAnswer = Type.Object(
  {
    secret: Type.String({ description: 'to be typed into the app', examples: ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'] }),
    uri: Type.String({
      description: 'to be shown as a QR code',
      examples: ['otpauth://totp/tickfolio:myuser?secret=…'],
    }),
  },
  { description: 'The secret; it counts once it was confirmed.' },
);
export type TotpAnswer = Body<typeof TotpAnswer>;
export const TotpConfirmBody = Type.Object({ code: totpCode }, strict);
export const TotpConfirmedAnswer = messageAnswer('authenticator app added successfully');
export const TotpRemovedAnswer = messageAnswer('authenticator app removed successfully');

export const PasskeyOptionsAnswer = Type.Object(
  {
    ticket,
    options: Type.Object(
      {},
      {
        additionalProperties: true,
        description: 'for `navigator.credentials`, by `PublicKeyCredential.parse…OptionsFromJSON()`',
      },
    ),
  },
  { description: 'What the browser is asked for; good for 5 minutes, once.' },
);
export type PasskeyOptionsAnswer = Body<typeof PasskeyOptionsAnswer>;
export const PasskeyBody = Type.Object({ ticket, name: passkeyName, response }, strict);
export const PasskeyLoginBody = Type.Object({ ticket, response }, strict);
const Passkey = Type.Object({
  id,
  name: passkeyName,
  createdAt: moment,
  lastUsedAt: orNull(moment, { description: 'null where it never was' }),
  backedUp: Type.Boolean({ description: 'whether a service of its maker keeps it, on more than one device' }),
  relyingPartyId: Type.String({ description: 'the host name it is good for', examples: ['portfolio.example.com'] }),
});
export const PasskeyAnswer = Type.Object({ passkey: Passkey }, { description: 'The passkey that was added.' });
export const PasskeysAnswer = Type.Object(
  { passkeys: Type.Array(Passkey), next },
  { description: 'The passkeys, the oldest first; 20 at most.' },
);
export type PasskeysAnswer = Body<typeof PasskeysAnswer>;
export const PasskeyRemovedAnswer = messageAnswer('passkey removed successfully');

export const SecondFactorBody = Type.Object(
  {
    ticket: Type.String({ maxLength: 128, description: 'of the login', examples: ['q1w2e3…'] }),
    kind: Type.Enum(['totp', 'recovery-code'], { examples: ['totp'] }),
    code: Type.String({ maxLength: 64, examples: ['492039'] }),
  },
  strict,
);

export const LogQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 32, description: '`next` of the page before', examples: ['412'] })),
  limit: limit(50, 100),
});
export const LogAnswer = Type.Object(
  {
    entries: Type.Array(
      Type.Object({
        at: moment,
        action: Type.String({ description: 'a fixed word', examples: ['password-changed'] }),
        outcome: Type.Enum(['ok', 'refused'], { examples: ['ok'] }),
        detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()]), {
          description: 'device, network and what else is known of it',
          examples: [{ device: 'Firefox on Linux', network: '203.0.113.0/24' }],
        }),
      }),
    ),
    next,
  },
  { description: 'What happened to the account, the newest first.' },
);
export type LogAnswer = Body<typeof LogAnswer>;

export const LogCheckQuery = Type.Object({
  after: Type.Optional(
    Type.String({ pattern: '^\\d{1,15}$', description: '`lastRow` of the check before', examples: ['20000'] }),
  ),
});
export const LogCheckAnswer = Type.Object(
  {
    checked: Type.Integer({ description: 'how many rows were looked at', examples: [412] }),
    firstBadRow: orNull(Type.Integer(), { description: 'the first that is not as it was written; null where all are' }),
    lastRow: Type.Integer({ description: 'where it is before `headRow`, ask on with it as `after`', examples: [412] }),
    headRow: Type.Integer({ examples: [412] }),
    headHash: Type.String({
      description: 'of the last row, in hex, to be noted elsewhere',
      examples: ['9f86d081884c7d65…'],
    }),
  },
  { description: 'Whether the audit log is as it was written; 20,000 rows at most.' },
);
