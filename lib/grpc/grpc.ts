export { createCallTimes } from './call-metrics.js';
export { callUnary, createGrpcClient } from './client.js';
export { isServing } from './health.js';
export { type CallContext, createGrpcServer, type GrpcServer } from './server.js';
export { createServiceClient, type Neighbour, type ServiceClient } from './service-client.js';
export { BrokenCallError, fromGrpcError } from './status.js';
export { drained, readStream } from './stream.js';
export { type GrpcTls, grpcTlsOf, grpcTlsSettings, withGrpcTls } from './tls.js';
