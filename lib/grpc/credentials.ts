import { type ChannelCredentials, credentials, ServerCredentials } from '@grpc/grpc-js';
import type { GrpcTls } from './tls.js';

export const serverCredentials = (tls: GrpcTls | undefined): ServerCredentials =>
  tls
    ? ServerCredentials.createSsl(tls.ca, [{ cert_chain: tls.cert, private_key: tls.key }], true)
    : ServerCredentials.createInsecure();

export const clientCredentials = (tls: GrpcTls | undefined): ChannelCredentials =>
  tls ? credentials.createSsl(tls.ca, tls.key, tls.cert) : credentials.createInsecure();
