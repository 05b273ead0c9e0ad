export { createCallTimes, type ObserveCall } from './call-metrics.js';
export { callUnary, channelOptions, createGrpcClient, type UnaryOptions } from './client.js';
export { isServing } from './health.js';
export { type CallContext, createGrpcServer, type GrpcServer, type GrpcServerOptions } from './server.js';
export { fromGrpcError, grpcStatusOf, toGrpcStatus } from './status.js';
export { drained, readStream } from './stream.js';
export { type GrpcTls, grpcTlsOf, grpcTlsSettings, withGrpcTls } from './tls.js';
