import type * as wire from '@tickfolio/gen/auth/v1';
import { AccountServiceService } from '@tickfolio/gen/auth/v1';
import type { CallContext, GrpcServer } from '@tickfolio/lib/grpc';
import { unaryOf } from '@tickfolio/lib/postgres';
import type { Account } from './account.js';
import { type Caller, originOf } from './accounts/caller.js';
import type { ChangePassword } from './accounts/password-change.js';
import type { DeleteAccount } from './deletion/account-deletion.js';
import type { PasskeyProof } from './factors/passkey-proof.js';
import type { Passkeys } from './factors/passkeys.js';
import type { Totp } from './factors/totp.js';
import { callerOf, partyOf } from './rpc-call.js';
import type { Asker } from './sessions/asker.js';
import type { SessionList } from './sessions/session-list.js';

/** What a signed-in user can do. */
export interface AccountRooms {
  readonly account: Account;
  readonly changePassword: ChangePassword;
  readonly deleteAccount: DeleteAccount;
  readonly sessionList: SessionList;
  readonly totp: Totp;
  readonly passkeys: Passkeys;
  readonly passkeyProof: PasskeyProof;
}

interface Asked {
  readonly asker: wire.Asker | undefined;
}

const nobody: wire.Asker = { userId: '', sessionId: '', clientAddress: '', userAgent: '' };

/** Adds auth.v1.AccountService to the server. */
export const serveAccount = (server: GrpcServer, rooms: AccountRooms): void => {
  const { account, changePassword, deleteAccount, sessionList, totp, passkeys, passkeyProof } = rooms;
  const unary = unaryOf(server);
  /** A call of who asks; without anybody it is refused as of a session that is over. */
  const asked = <Req extends Asked, Res>(handle: (asker: Asker, caller: Caller, request: Req) => Promise<Res>) =>
    unary<Req, Res>((request, context: CallContext) => {
      const { userId, sessionId, ...from } = request.asker ?? nobody;
      return handle({ userId, sessionId }, callerOf(from, context), request);
    });
  const implementation: wire.AccountServiceServer = {
    getAccount: asked<wire.GetAccountRequest, wire.GetAccountResponse>(async (asker) => {
      const { role = '', ...overview } = await account.overview(asker);
      return { ...overview, role };
    }),
    changePassword: asked<wire.ChangePasswordRequest, wire.ChangePasswordResponse>(
      async (asker, caller, { oldPassword, newPassword }) => ({
        sessionIds: [...(await changePassword(asker, { old: oldPassword, new: newPassword }, caller))],
      }),
    ),
    beginReauthentication: asked<wire.BeginReauthenticationRequest, wire.PasskeyOptions>(
      (asker, _caller, { relyingParty }) => passkeyProof.begin(asker, partyOf(relyingParty)),
    ),
    reauthenticate: asked<wire.ReauthenticateRequest, wire.ReauthenticateResponse>(
      async (asker, caller, { password, ticket, responseJson, relyingParty }) => {
        if (ticket === '') return { freshUntilMs: await account.reauthenticate(asker, password, caller) };
        await passkeyProof.reauthenticate(asker, { ticket, responseJson, party: partyOf(relyingParty) });
        return { freshUntilMs: (await account.overview(asker)).freshUntilMs };
      },
    ),
    deleteAccount: asked<wire.DeleteAccountRequest, wire.DeleteAccountResponse>(async (asker, caller, request) => {
      const { linkToken, sessionIds } = await deleteAccount(asker, request.linkToken, caller);
      return { linkToken, sessionIds: [...sessionIds] };
    }),
    listSessions: asked<wire.ListSessionsRequest, wire.ListSessionsResponse>(async (asker) => ({
      sessions: [...(await sessionList.list(asker))],
    })),
    endSession: asked<wire.EndSessionRequest, wire.EndSessionResponse>(async (asker, caller, { sessionId }) => {
      await sessionList.end(asker, sessionId, originOf(caller));
      return {};
    }),
    renewRecoveryCodes: asked<wire.RenewRecoveryCodesRequest, wire.RenewRecoveryCodesResponse>(
      async (asker, caller) => ({ recoveryCodes: [...(await account.renewRecoveryCodes(asker, caller))] }),
    ),
    beginTotp: asked<wire.BeginTotpRequest, wire.BeginTotpResponse>((asker) => totp.begin(asker)),
    confirmTotp: asked<wire.ConfirmTotpRequest, wire.ConfirmTotpResponse>(async (asker, caller, { code }) => {
      await totp.confirm(asker, code, originOf(caller));
      return {};
    }),
    removeTotp: asked<wire.RemoveTotpRequest, wire.RemoveTotpResponse>(async (asker, caller) => {
      await totp.remove(asker, originOf(caller));
      return {};
    }),
    beginPasskey: asked<wire.BeginPasskeyRequest, wire.PasskeyOptions>((asker, _caller, { relyingParty }) =>
      passkeys.begin(asker, partyOf(relyingParty)),
    ),
    addPasskey: asked<wire.AddPasskeyRequest, wire.AddPasskeyResponse>(
      async (asker, caller, { name, ticket, responseJson, relyingParty }) => {
        const answer = { ticket, responseJson, party: partyOf(relyingParty) };
        return { passkey: await passkeys.add(asker, name, answer, originOf(caller)) };
      },
    ),
    listPasskeys: asked<wire.ListPasskeysRequest, wire.ListPasskeysResponse>(async (asker) => ({
      passkeys: [...(await passkeys.list(asker))],
    })),
    removePasskey: asked<wire.RemovePasskeyRequest, wire.RemovePasskeyResponse>(
      async (asker, caller, { passkeyId }) => {
        await passkeys.remove(asker, passkeyId, originOf(caller));
        return {};
      },
    ),
    listLog: asked<wire.ListLogRequest, wire.ListLogResponse>(async (asker, _caller, { cursor, limit }) => {
      const { entries, next } = await account.log(asker, cursor, limit);
      return {
        next,
        entries: entries.map(({ detail, ...entry }) => ({ ...entry, detailJson: JSON.stringify(detail) })),
      };
    }),
    checkLog: asked<wire.CheckLogRequest, wire.CheckLogResponse>((asker, _caller, { afterSeq }) =>
      account.checkLog(asker, afterSeq),
    ),
  };
  server.addService(AccountServiceService, implementation);
};
