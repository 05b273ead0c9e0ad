import { randomUUID } from 'node:crypto';
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { readDescriptors } from '@tickfolio/gen/descriptors';
import { HealthImplementation } from 'grpc-health-check';
import type { Address } from '../config/config.js';
import { AppError, toAppError } from '../errors/errors.js';
import { StartError } from '../lifecycle/lifecycle.js';
import type { Logger } from '../telemetry/telemetry.js';
import { requestIdKey } from './client.js';
import { toGrpcStatus } from './status.js';

/** What a handler knows of the call it serves. */
export interface CallContext {
  /** The caller's request id, or a new one. */
  readonly requestId: string;
  /** Aborted when the caller left, its deadline passed, or the server drains (its reason is then an AppError). */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface GrpcServerOptions {
  readonly log: Logger;
  /** How long open calls may go on after `close` began. Default 5 000. */
  readonly drainMs?: number;
  /** How many calls one connection may have open. Default 1 000. */
  readonly maxConcurrentStreams?: number;
}

/** A gRPC server with health and reflection. Add services, then listen. */
export interface GrpcServer {
  addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void;
  /** Wraps a promise function; what it throws becomes the call's status. */
  unary<Req, Res>(handler: (request: Req, context: CallContext) => Promise<Res>): handleUnaryCall<Req, Res>;
  /** Wraps a function that writes to the call and resolves when the stream is over. */
  serverStreaming<Req, Res>(
    handler: (call: ServerWritableStream<Req, Res>, context: CallContext) => Promise<void>,
  ): handleServerStreamingCall<Req, Res>;
  /** Binds and serves. @returns the bound port. @throws StartError when the port is taken. */
  listen(address: Address, portVariable: string): Promise<number>;
  /** What grpc.health.v1 answers for a service (full name) and, with '', for the whole server. */
  setServing(service: string, serving: boolean): void;
  /** Health turns NOT_SERVING, streams are told UNAVAILABLE, open calls get `drainMs`, then everything is cut. */
  close(): Promise<void>;
}

const requestIdOf = (metadata: Metadata): string => {
  const given = metadata.get(requestIdKey)[0];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
};

export const createGrpcServer = ({ log, drainMs = 5_000, maxConcurrentStreams = 1_000 }: GrpcServerOptions): GrpcServer => {
  const server = new Server({
    'grpc.enable_channelz': 0,
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_concurrent_streams': maxConcurrentStreams,
  });
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  health.addToServer(server);
  new ReflectionService(loadFileDescriptorSetFromBuffer(readDescriptors(), { keepCase: true })).addToServer(server);

  const open = new Set<AbortController>();
  const moving = () => new AppError('unavailable', 'The server is shutting down; call another one.', { retryAfterMs: 0 });
  let draining = false;

  const begin = (call: { metadata: Metadata; on(event: 'cancelled', run: () => void): unknown }): [AbortController, CallContext] => {
    const controller = new AbortController();
    open.add(controller);
    call.on('cancelled', () => controller.abort(new AppError('canceled', 'The caller left.')));
    const requestId = requestIdOf(call.metadata);
    return [controller, { requestId, signal: controller.signal, log: log.child({ requestId }) }];
  };
  const report = (context: CallContext, path: string, thrown: unknown) => {
    const error = toAppError(thrown);
    if (error.code === 'internal') context.log.error({ err: error, method: path }, 'call failed');
    else context.log.debug({ code: error.code, reason: error.message, method: path }, 'call refused');
  };

  return {
    addService: (definition, implementation) => server.addService(definition, implementation),
    unary: (handler) => (call, callback) => {
      const [controller, context] = begin(call);
      if (draining) controller.abort(moving());
      const work = draining ? Promise.reject(moving()) : handler(call.request, context);
      work
        .then(
          (response) => callback(null, response),
          (err: unknown) => {
            report(context, call.getPath(), err);
            callback(toGrpcStatus(err));
          },
        )
        .finally(() => open.delete(controller));
    },
    serverStreaming: (handler) => (call) => {
      const [controller, context] = begin(call);
      call.on('error', (err) => context.log.debug({ err }, 'stream broke'));
      const finish = (thrown: unknown) => {
        open.delete(controller);
        if (call.cancelled || call.destroyed) return;
        if (thrown === undefined) call.end();
        else {
          report(context, call.getPath(), thrown);
          call.emit('error', toGrpcStatus(thrown));
        }
      };
      if (draining) {
        finish(moving());
        return;
      }
      handler(call, context).then(
        () => finish(controller.signal.aborted ? controller.signal.reason : undefined),
        (err: unknown) => finish(err),
      );
    },
    listen: (address, portVariable) =>
      new Promise((resolve, reject) => {
        const host = address.host.includes(':') ? `[${address.host}]` : address.host;
        server.bindAsync(`${host}:${address.port}`, ServerCredentials.createInsecure(), (err, port) => {
          if (err)
            reject(
              new StartError(
                `Port ${address.port} on ${address.host} cannot be used (${err.message}). Set ${portVariable} to another one.`,
              ),
            );
          else {
            health.setStatus('', 'SERVING');
            resolve(port);
          }
        });
      }),
    setServing: (service, serving) => health.setStatus(service, serving && !draining ? 'SERVING' : 'NOT_SERVING'),
    close: () =>
      new Promise((resolve) => {
        draining = true;
        health.setStatus('', 'NOT_SERVING');
        const cut = setTimeout(() => server.forceShutdown(), drainMs);
        server.tryShutdown(() => {
          clearTimeout(cut);
          resolve();
        });
        for (const controller of open) controller.abort(moving());
      }),
  };
};
