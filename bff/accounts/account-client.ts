import type * as wire from '@tickfolio/gen/auth/v1';
import { AccountServiceClient } from '@tickfolio/gen/auth/v1';
import { createServiceClient, type Neighbour } from '@tickfolio/lib/grpc';
import { renewalTimes } from '@tickfolio/lib/renewal';

/** What a signed-in user can do with the account: what is asked for, and the answer. */
interface AccountCalls {
  readonly getAccount: readonly [wire.GetAccountRequest, wire.GetAccountResponse];
  readonly changePassword: readonly [wire.ChangePasswordRequest, wire.ChangePasswordResponse];
  readonly deleteAccount: readonly [wire.DeleteAccountRequest, wire.DeleteAccountResponse];
  readonly beginReauthentication: readonly [wire.BeginReauthenticationRequest, wire.PasskeyOptions];
  readonly reauthenticate: readonly [wire.ReauthenticateRequest, wire.ReauthenticateResponse];
  readonly listSessions: readonly [wire.ListSessionsRequest, wire.ListSessionsResponse];
  readonly endSession: readonly [wire.EndSessionRequest, wire.EndSessionResponse];
  readonly renewRecoveryCodes: readonly [wire.RenewRecoveryCodesRequest, wire.RenewRecoveryCodesResponse];
  readonly beginTotp: readonly [wire.BeginTotpRequest, wire.BeginTotpResponse];
  readonly confirmTotp: readonly [wire.ConfirmTotpRequest, wire.ConfirmTotpResponse];
  readonly removeTotp: readonly [wire.RemoveTotpRequest, wire.RemoveTotpResponse];
  readonly beginPasskey: readonly [wire.BeginPasskeyRequest, wire.PasskeyOptions];
  readonly addPasskey: readonly [wire.AddPasskeyRequest, wire.AddPasskeyResponse];
  readonly listPasskeys: readonly [wire.ListPasskeysRequest, wire.ListPasskeysResponse];
  readonly removePasskey: readonly [wire.RemovePasskeyRequest, wire.RemovePasskeyResponse];
  readonly listLog: readonly [wire.ListLogRequest, wire.ListLogResponse];
  readonly checkLog: readonly [wire.CheckLogRequest, wire.CheckLogResponse];
}

/** Who asks, as the verified access token and the request say. */
export interface Asker extends wire.Asker {
  readonly requestId: string;
}

/**
 * Asks the auth service what a signed-in user wants of the account; none of it is made twice.
 * @throws AppError as `auth.v1.AccountService` says; `unavailable` with a retry time when it is away
 */
export type AskAccount = <Call extends keyof AccountCalls>(
  call: Call,
  asker: Asker,
  ...request: keyof Omit<AccountCalls[Call][0], 'asker'> extends never ? [] : [Omit<AccountCalls[Call][0], 'asker'>]
) => Promise<AccountCalls[Call][1]>;

export interface AccountClientOptions extends Neighbour {
  readonly deadlineMs: number;
  readonly breakAfterFailures: number;
  readonly restMs: number;
  /** What a caller is told while the service is away. */
  readonly away: string;
}

/** As those of signing in: hashed a few at a time, so more on their way would only wait there. */
const passwordBounds = {
  circuit: 'auth-account-passwords',
  opens: { failedShare: 0.5, withinMs: 10_000, minPerSecond: 0.5 },
  maxAtOnce: 32,
  maxWaiting: 0,
  maxWaitMs: 0,
};
const quickBounds = { circuit: 'auth-account', maxAtOnce: 64, maxWaiting: 1_000, maxWaitMs: renewalTimes.waitMs };
const withPassword: ReadonlySet<keyof AccountCalls> = new Set(['changePassword', 'reauthenticate']);

export const createAccountClient = (options: AccountClientOptions): { ask: AskAccount; close(): void } => {
  const { deadlineMs, breakAfterFailures, restMs, away, ...neighbour } = options;
  const { client, call, close } = createServiceClient(AccountServiceClient, {
    ...neighbour,
    away,
    restMs,
    classes: {
      passwords: { deadlineMs, bounds: passwordBounds },
      quick: { deadlineMs, bounds: { ...quickBounds, opens: { failuresInRow: breakAfterFailures } } },
    },
  });
  return {
    ask: (name, { requestId, ...asker }, ...request) => {
      const method = client[name] as Parameters<typeof call>[1];
      const whole = { asker, ...request[0] };
      return call(withPassword.has(name) ? 'passwords' : 'quick', method, whole, { requestId }) as Promise<never>;
    },
    close,
  };
};
