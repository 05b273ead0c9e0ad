import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  Server,
  type ServerWritableStream,
  type ServiceDefinition,
  setLogger,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { type Address, hostPort } from '../config/config.js';
import { AppError, StartError, toAppError } from '../errors/errors.js';
import { type Logger, type Metrics, requestIdKey, requestIdOf } from '../telemetry/telemetry.js';
import { isTracing, type OpenSpan, openSpan, SpanKind, traceOf } from '../tracing/tracing.js';
import { createCallMetrics } from './call-metrics.js';
import { serverCredentials } from './credentials.js';
import { addReflection } from './reflection.js';
import { codeName, type GrpcStatus, toGrpcStatus } from './status.js';
import type { GrpcTls } from './tls.js';

/** What a handler knows of the call it serves. */
export interface CallContext {
  /** The caller's request id, or a new one. */
  readonly requestId: string;
  /**
   * Aborted, with an AppError as the reason, when the caller left or its deadline passed; for a stream also when the
   * server begins to drain, for a unary call when its time to finish is over.
   */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** How many calls one connection may have open. */
const maxConcurrentStreams = 1_000;

export interface GrpcServerOptions {
  readonly log: Logger;
  /** Absent: calls are not measured. */
  readonly metrics?: Metrics | undefined;
  /** At which level the answer of a unary call is logged. Default debug. */
  readonly answerLevel?: 'info' | 'debug';
  /** How long open calls may go on after `close` began. Default 5 000. */
  readonly drainMs?: number;
  /** Absent: not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /**
   * Connections are given up after so long, so that a replica that was added gets its share of calls. Only where
   * nothing streams: the library takes the next ping on a connection that is being given up for its end (grpc-js
   * 1.14.7). Default never.
   */
  readonly maxConnectionAgeMs?: number;
}

/** A gRPC server with health and reflection. Add services, then listen. */
export interface GrpcServer {
  addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void;
  /** Wraps a promise function; what it throws becomes the call's status. */
  unary<Req, Res>(handler: (request: Req, context: CallContext) => Promise<Res>): handleUnaryCall<Req, Res>;
  /**
   * Wraps a function that writes to the call and resolves when the stream is over.
   * @throws Error on a server with a `maxConnectionAgeMs`, which would lose its streams at a ping
   */
  serverStreaming<Req, Res>(
    handler: (call: ServerWritableStream<Req, Res>, context: CallContext) => Promise<void>,
  ): handleServerStreamingCall<Req, Res>;
  /** Binds and serves. @returns the bound port. @throws StartError when the port is taken. */
  listen(address: Address, portVariable: string): Promise<number>;
  /** What grpc.health.v1 answers for a service (full name) and, with '', for the whole server. */
  setServing(service: string, serving: boolean): void;
  /**
   * Health turns NOT_SERVING and new calls are refused with UNAVAILABLE. Streams see their signal aborted and end with
   * UNAVAILABLE when their handler returns; unary calls may finish. What is open after `drainMs` is told UNAVAILABLE
   * and cut.
   */
  close(): Promise<void>;
}

interface OpenCall {
  readonly kind: 'unary' | 'stream';
  readonly controller: AbortController;
  /** Answers the call with what was thrown, or well with undefined; the first answer counts. */
  readonly end: (thrown: unknown) => void;
}

/** How long the last words to callers get to leave before their connections are cut. */
const cutMs = 100;

/** The statuses that are the server's own fault. */
const faultCodes = new Set(['UNKNOWN', 'DEADLINE_EXCEEDED', 'UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE', 'DATA_LOSS']);

export const createGrpcServer = ({
  log,
  metrics,
  answerLevel = 'debug',
  drainMs = 5_000,
  tls,
  maxConnectionAgeMs,
}: GrpcServerOptions): GrpcServer => {
  // The library writes to the console otherwise, also about what its caller is told anyway.
  const say = (...words: unknown[]) => log.debug({ said: words.map(String).join(' ') }, 'gRPC library');
  setLogger({ error: say, info: say, debug: say });
  // channelz stays on: without it grpc-js 1.14.7 does not know its sessions, and `forceShutdown` closes none.
  const server = new Server({
    'grpc.keepalive_time_ms': 30_000,
    'grpc.keepalive_timeout_ms': 10_000,
    'grpc.max_concurrent_streams': maxConcurrentStreams,
    ...(maxConnectionAgeMs === undefined ? {} : { 'grpc.max_connection_age_ms': maxConnectionAgeMs }),
  });
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  health.addToServer(server);
  /** By `setServing`. */
  const told = new Map<string, 'SERVING' | 'NOT_SERVING'>();

  const definitions: ServiceDefinition[] = [];
  const open = new Set<OpenCall>();
  const measure = metrics && createCallMetrics(metrics);
  const moving = () =>
    new AppError('unavailable', 'The server is shutting down; call another one.', { retryAfterMs: 0 });
  let closing: Promise<void> | undefined;

  /** Registers a call; `answer` ends it with an error or not at all, and is called once at most. */
  const begin = (
    kind: OpenCall['kind'],
    call: { metadata: Metadata; getPath(): string; on(event: 'cancelled', run: () => void): unknown },
    answer: (error: GrpcStatus | undefined) => void,
  ) => {
    const controller = new AbortController();
    const requestId = requestIdOf(call.metadata.get(requestIdKey)[0]);
    const context: CallContext = { requestId, signal: controller.signal, log: log.child({ requestId }) };
    const method = call.getPath().replace(/^\//, '');
    const measured = measure?.[kind](method);
    const span: OpenSpan | undefined =
      kind === 'unary' && isTracing()
        ? openSpan(method, {
            kind: SpanKind.SERVER,
            parent: traceOf(call.metadata.getMap()),
            attributes: { 'rpc.system.name': 'grpc', 'rpc.method': method, 'tickfolio.request_id': requestId },
          })
        : undefined;
    const run = <T>(work: () => T): T => (span ? span.run(work) : work());
    /** Every call ends here, once. @param code OK or the error's */
    const finish = (code: string) => {
      const ms = measured?.(code);
      const said = () => context.log[answerLevel]({ method, code, ms: Math.round(ms ?? 0) }, 'call answered');
      if (kind === 'unary' && measured) run(said);
      span?.end(faultCodes.has(code) ? code : undefined, { 'rpc.response.status_code': code });
    };
    const end = (thrown: unknown) => {
      if (!open.delete(openCall)) return;
      if (thrown === undefined) {
        answer(undefined);
        finish('OK');
        return;
      }
      const error = toAppError(thrown);
      if (error.code === 'internal') context.log.error({ err: error, method }, 'call failed');
      else context.log.debug({ code: error.code, reason: error.message, method }, 'call refused');
      const status = toGrpcStatus(error);
      answer(status);
      finish(codeName(status.code));
    };
    const openCall: OpenCall = { kind, controller, end };
    open.add(openCall);
    call.on('cancelled', () => {
      if (open.delete(openCall)) finish('CANCELLED');
      controller.abort(new AppError('canceled', 'The caller left.'));
    });
    if (closing) end(moving());
    return { context, end, run };
  };
  /** Tells who is still there to call another server, lets that leave, then cuts every connection. */
  const cut = (gone: () => void) => {
    for (const call of [...open]) {
      call.controller.abort(moving());
      call.end(moving());
    }
    setTimeout(() => {
      server.forceShutdown();
      // The library waits for ever for a connection that never spoke HTTP/2, such as one of TLS.
      setImmediate(gone);
    }, cutMs);
  };

  return {
    addService: (definition, implementation) => {
      definitions.push(definition);
      server.addService(definition, implementation);
    },
    unary: (handler) => (call, callback) => {
      let response: Parameters<typeof callback>[1];
      const { context, end, run } = begin('unary', call, (error) =>
        error ? callback(error) : callback(null, response),
      );
      if (closing) return;
      run(() =>
        (async () => handler(call.request, context))().then((answer) => {
          response = answer;
          end(undefined);
        }, end),
      );
    },
    serverStreaming: (handler) => {
      if (maxConnectionAgeMs !== undefined)
        throw new Error(
          'A server that streams gives up no connection for its age: the next ping would end its streams.',
        );
      return (call) => {
        call.on('error', (err) => log.debug({ err }, 'stream broke'));
        const { context, end } = begin('stream', call, (error) => (error ? call.emit('error', error) : call.end()));
        if (closing) return;
        (async () => handler(call, context))().then(
          () => end(context.signal.aborted ? context.signal.reason : undefined),
          end,
        );
      };
    },
    listen: (address, portVariable) =>
      new Promise((resolve, reject) => {
        addReflection(server, definitions);
        server.bindAsync(hostPort(address), serverCredentials(tls), (err, port) => {
          if (err)
            reject(
              new StartError(
                `Port ${address.port} on ${address.host} cannot be used; most likely another program has it. Set ${portVariable} to another one (0 picks a free one).`,
              ),
            );
          else {
            health.setStatus('', 'SERVING');
            told.set('', 'SERVING');
            resolve(port);
          }
        });
      }),
    setServing: (service, serving) => {
      const status = serving && !closing ? 'SERVING' : 'NOT_SERVING';
      // The library tells whoever watches at every call, also of what is the same.
      if (told.get(service) !== status) health.setStatus(service, status);
      told.set(service, status);
    },
    close: () => {
      closing ??= new Promise((resolve) => {
        health.setStatus('', 'NOT_SERVING');
        const gone = () => {
          clearTimeout(deadline);
          resolve();
        };
        const deadline = setTimeout(() => cut(gone), drainMs);
        server.tryShutdown(gone);
      });
      for (const call of open) if (call.kind === 'stream') call.controller.abort(moving());
      return closing;
    },
  };
};
