import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import {
  IdPath,
  PasskeyAnswer,
  PasskeyBody,
  PasskeyOptionsAnswer,
  PasskeyRemovedAnswer,
  PasskeysAnswer,
  RecoveryCodesAnswer,
  TotpAnswer,
  TotpConfirmBody,
  TotpConfirmedAnswer,
  TotpRemovedAnswer,
} from '@tickfolio/api/account';
import { problems } from '@tickfolio/api/problem';
import type { Passkey } from '@tickfolio/gen/auth/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { AskAccount } from '../accounts/account-client.js';
import type { RelyingPartyOf } from '../accounts/relying-party.js';
import { askerOf, type CallConfig, described, momentOf, momentOrNull } from './asker.js';

export interface FactorRoutesOptions {
  readonly account: AskAccount;
  readonly config: CallConfig;
  readonly partyOf: RelyingPartyOf;
}

const fresh = 'Needs the password or a passkey of the last 5 minutes, else 403 `reauthenticate`.';

const answerPasskey = ({ id, name, createdAtMs, lastUsedAtMs, backedUp, relyingPartyId }: Passkey) => ({
  id,
  name,
  createdAt: momentOf(createdAtMs),
  lastUsedAt: momentOrNull(lastUsedAtMs),
  backedUp,
  relyingPartyId,
});

/** Recovery codes, the authenticator app and passkeys. */
export const factorRoutes: FastifyPluginAsyncTypebox<FactorRoutesOptions> = async (
  app,
  { account, config, partyOf },
) => {
  app.post(
    '/recovery-codes',
    {
      config,
      schema: {
        ...described,
        operationId: 'renewRecoveryCodes',
        summary: 'Makes new recovery codes, and voids those of before',
        description: fresh,
        response: { 201: RecoveryCodesAnswer, ...problems(401, 403, 429, 503) },
      },
    },
    async (request, reply) => {
      const { recoveryCodes } = await account('renewRecoveryCodes', askerOf(request));
      reply.code(201);
      return { recoveryCodes };
    },
  );

  app.post(
    '/totp',
    {
      config,
      schema: {
        ...described,
        operationId: 'beginTotp',
        summary: 'Makes a secret for an authenticator app',
        description: `It counts once it was confirmed, by this session and within 10 minutes. ${fresh}`,
        response: { 201: TotpAnswer, ...problems(401, 403, 409, 429, 503) },
      },
    },
    async (request, reply) => {
      const begun = await account('beginTotp', askerOf(request));
      reply.code(201);
      return begun;
    },
  );

  app.post(
    '/totp/confirm',
    {
      config,
      schema: {
        ...described,
        operationId: 'confirmTotp',
        summary: 'Adds the authenticator app, by a code that it shows',
        description: 'From then on logins with the password need a code.',
        body: TotpConfirmBody,
        response: { 200: TotpConfirmedAnswer, ...problems(400, 401, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request) => {
      await account('confirmTotp', askerOf(request), request.body);
      return { message: 'authenticator app added successfully' };
    },
  );

  app.delete(
    '/totp',
    {
      config,
      schema: {
        ...described,
        operationId: 'removeTotp',
        summary: 'Removes the authenticator app',
        description: fresh,
        response: { 200: TotpRemovedAnswer, ...problems(401, 403, 404, 429, 503) },
      },
    },
    async (request) => {
      await account('removeTotp', askerOf(request));
      return { message: 'authenticator app removed successfully' };
    },
  );

  app.post(
    '/passkeys/options',
    {
      config,
      schema: {
        ...described,
        operationId: 'beginPasskey',
        summary: 'What a browser needs to make a passkey',
        description: fresh,
        response: { 200: PasskeyOptionsAnswer, ...problems(401, 403, 409, 429, 503) },
      },
    },
    async (request) => {
      const begun = await account('beginPasskey', askerOf(request), { relyingParty: partyOf(request) });
      return { ticket: begun.ticket, options: JSON.parse(begun.optionsJson) as Record<string, unknown> };
    },
  );

  app.post(
    '/passkeys',
    {
      config,
      schema: {
        ...described,
        operationId: 'addPasskey',
        summary: 'Adds the passkey that the browser made',
        body: PasskeyBody,
        response: { 201: PasskeyAnswer, ...problems(400, 401, 403, 409, 413, 415, 429, 503) },
      },
    },
    async (request, reply) => {
      const { ticket, name, response } = request.body;
      const made = { ticket, name, responseJson: JSON.stringify(response), relyingParty: partyOf(request) };
      const { passkey } = await account('addPasskey', askerOf(request), made);
      if (!passkey)
        throw new AppError('internal', 'Something went wrong on our side.', {
          cause: new Error('the answer carries no passkey'),
        });
      reply.code(201);
      return { passkey: answerPasskey(passkey) };
    },
  );

  app.get(
    '/passkeys',
    {
      config,
      schema: {
        ...described,
        operationId: 'listPasskeys',
        summary: 'The passkeys',
        response: { 200: PasskeysAnswer, ...problems(401, 429, 503) },
      },
    },
    async (request) => {
      const { passkeys } = await account('listPasskeys', askerOf(request));
      return { passkeys: passkeys.map(answerPasskey), next: null };
    },
  );

  app.delete(
    '/passkeys/:id',
    {
      config,
      schema: {
        ...described,
        operationId: 'removePasskey',
        summary: 'Removes a passkey',
        description: fresh,
        params: IdPath,
        response: { 200: PasskeyRemovedAnswer, ...problems(401, 403, 404, 429, 503) },
      },
    },
    async (request) => {
      await account('removePasskey', askerOf(request), { passkeyId: request.params.id });
      return { message: 'passkey removed successfully' };
    },
  );
};
