import type * as wire from '@tickfolio/gen/auth/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { CallContext } from '@tickfolio/lib/grpc';
import type { Caller } from './accounts/caller.js';
import type { RelyingParty } from './factors/webauthn.js';

/** What both gRPC faces make of a call. */

export const callerOf = (
  { clientAddress, userAgent }: { readonly clientAddress: string; readonly userAgent: string },
  { log, signal, requestId }: CallContext,
): Caller => ({ address: clientAddress, userAgent, requestId, log, signal });

const maxOrigins = 32;
const hostPattern = /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/;

/** @throws AppError failed_precondition where the page has no host name that a browser binds a passkey to */
export const partyOf = (party: wire.RelyingParty | undefined): RelyingParty => {
  const { id, origins } = party ?? { id: '', origins: [] };
  if (id.length <= 253 && hostPattern.test(id) && !/^[\d.]+$/.test(id) && origins.length > 0)
    return { id, origins: origins.slice(0, maxOrigins) };
  throw new AppError('failed_precondition', 'Passkeys need a page that is opened by a host name, not by an address.', {
    fields: [{ field: 'address', message: 'is no host name', reason: 'passkey-address' }],
  });
};
