import { createSecureContext } from 'node:tls';
import { file, type z } from '../config/config.js';
import type { Logger } from '../telemetry/telemetry.js';

/** Mutual TLS: each side shows its certificate, signed by the authority that the other side knows. PEM. */
export interface GrpcTls {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The settings of every service that speaks gRPC; files, read at start. To be read through `withGrpcTls`. */
export const grpcTlsSettings = {
  GRPC_TLS_CA: file().describe('Mutual TLS between the services: the authority, in PEM. All three files or none.'),
  GRPC_TLS_CERT: file().describe('The certificate of this service, in PEM. Read at the start: renew it, then restart.'),
  GRPC_TLS_KEY: file().describe('Its key, in PEM, without a passphrase.'),
};

interface Settings {
  readonly GRPC_TLS_CA?: Buffer | undefined;
  readonly GRPC_TLS_CERT?: Buffer | undefined;
  readonly GRPC_TLS_KEY?: Buffer | undefined;
}

const names = ['GRPC_TLS_CA', 'GRPC_TLS_CERT', 'GRPC_TLS_KEY'] as const;

/** All three or none, and they are of one piece. */
const check = (settings: Settings, ctx: z.RefinementCtx): void => {
  const { GRPC_TLS_CA: ca, GRPC_TLS_CERT: cert, GRPC_TLS_KEY: key } = settings;
  const refuse = (name: string, message: string) => ctx.addIssue({ code: 'custom', path: [name], message });
  if (names.every((name) => settings[name] === undefined)) return;
  for (const name of names)
    if (settings[name] === undefined)
      refuse(name, `is required beside ${names.filter((other) => other !== name).join(' and ')}`);
  const faultOf = (parts: Parameters<typeof createSecureContext>[0]): boolean => {
    try {
      createSecureContext(parts);
      return false;
    } catch {
      return true;
    }
  };
  if (ca && (!ca.includes('BEGIN CERTIFICATE') || faultOf({ ca })))
    refuse('GRPC_TLS_CA', 'must be a file of PEM certificates');
  if (cert && faultOf({ cert })) refuse('GRPC_TLS_CERT', 'must be a file of PEM certificates');
  else if (key && faultOf({ key })) refuse('GRPC_TLS_KEY', 'must be a file of a PEM private key without a passphrase');
  else if (cert && key && faultOf({ cert, key })) refuse('GRPC_TLS_KEY', 'is not the key of GRPC_TLS_CERT');
};

/** The service's settings, of which those for TLS are all there and of one piece, or not there at all. */
export const withGrpcTls = <S extends z.ZodType<Settings>>(schema: S): S => schema.superRefine(check);

/** What the settings ask for; without it calls go unencrypted, which the log says unless `ENV=local`. */
export const grpcTlsOf = (config: Settings & { readonly ENV: string }, log: Logger): GrpcTls | undefined => {
  const { GRPC_TLS_CA: ca, GRPC_TLS_CERT: cert, GRPC_TLS_KEY: key } = config;
  if (ca && cert && key) return { ca, cert, key };
  if (config.ENV !== 'local')
    log.warn(`gRPC between the services is neither encrypted nor authenticated; set ${names.join(', ')}`);
  return undefined;
};
