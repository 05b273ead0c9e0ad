import {
  type CallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { AppError } from '../errors/errors.js';
import { requestIdKey } from '../telemetry/telemetry.js';
import { carry, inChildSpan, SpanKind } from '../tracing/tracing.js';
import type { ObserveCall } from './call-metrics.js';
import { clientCredentials } from './credentials.js';
import { codeName, fromGrpcError } from './status.js';
import type { GrpcTls } from './tls.js';

/**
 * Channel settings of every client: dead peers surface in 40 s, reconnects come quickly and stay bounded, replicas are
 * used in turn. A company's proxy is for the outside; the library would send calls between the services through
 * `https_proxy` too.
 */
export const channelOptions: ChannelOptions = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // A lost connection has the name looked up again. The library's own 30 s would be 30 s of nothing wherever a restart
  // changes addresses.
  'grpc.dns_min_time_between_resolutions_ms': 1_000,
  // The name service is not asked for settings.
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_channelz': 0,
  'grpc.enable_http_proxy': 0,
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
};

export type ClientConstructor<C> = new (address: string, creds: ChannelCredentials, options?: ChannelOptions) => C;

export interface ClientSettings {
  /** A peer that is gone without a word is noticed within this time while calls are open. Default 40 000. */
  readonly deadPeerMs?: number;
}

/** One client per target; the owner calls its `close()`. @param target `host:port` @param tls absent: not encrypted */
export const createGrpcClient = <C>(
  Client: ClientConstructor<C>,
  target: string,
  tls?: GrpcTls,
  { deadPeerMs }: ClientSettings = {},
): C =>
  new Client(`dns:///${target}`, clientCredentials(tls), {
    ...channelOptions,
    ...(deadPeerMs === undefined
      ? {}
      : {
          'grpc.keepalive_time_ms': Math.ceil(deadPeerMs / 2),
          'grpc.keepalive_timeout_ms': Math.ceil(deadPeerMs / 2),
        }),
  });

export interface UnaryOptions {
  /** Every call ends within this time. */
  readonly deadlineMs: number;
  readonly requestId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how each call went; from `createCallTimes`. */
  readonly observe?: ObserveCall | undefined;
  /** Wait for a connection (within the deadline) instead of failing at once while there is none. Default false. */
  readonly waitForReady?: boolean;
}

export interface UnaryMethod<Req, Res> {
  (
    request: Req,
    metadata: Metadata,
    options: Partial<CallOptions>,
    callback: (error: ServiceError | null, response: Res) => void,
  ): ClientUnaryCall;
  /** Such as `/auth.v1.AuthService/Login`; the library puts it there. */
  readonly path?: string;
}

const pathOf = (method: { readonly path?: string }): string => method.path?.replace(/^\//, '') ?? 'unknown';

/** Of one that never had a connection the peer is the target as it was given, or nobody. */
const wasSent = (call: ClientUnaryCall): boolean => !/^(dns:|unknown$)/.test(call.getPeer());

/** Calls `method` of `client` with a deadline. @throws AppError */
export const callUnary = <Req, Res>(
  client: object,
  method: UnaryMethod<Req, Res>,
  request: Req,
  options: UnaryOptions,
): Promise<Res> => {
  const attributes = () => ({ 'rpc.system.name': 'grpc', 'rpc.method': pathOf(method) });
  const plan = () => ({ kind: SpanKind.CLIENT, attributes: attributes() });
  return inChildSpan(pathOf(method), plan, () => callOnce(client, method, request, options));
};

const callOnce = <Req, Res>(
  client: object,
  method: UnaryMethod<Req, Res>,
  request: Req,
  options: UnaryOptions,
): Promise<Res> =>
  new Promise((resolve, reject) => {
    const { signal } = options;
    if (signal?.aborted) {
      reject(new AppError('canceled', 'The call was canceled.'));
      return;
    }
    const metadata = new Metadata({ waitForReady: options.waitForReady ?? false });
    if (options.requestId !== undefined) metadata.set(requestIdKey, options.requestId);
    for (const [key, value] of Object.entries(carry())) metadata.set(key, value);
    const cancel = () => call.cancel();
    const start = performance.now();
    const call = method.call(
      client,
      request,
      metadata,
      { deadline: Date.now() + options.deadlineMs },
      (err, response) => {
        signal?.removeEventListener('abort', cancel);
        options.observe?.(pathOf(method), codeName(err?.code ?? status.OK), (performance.now() - start) / 1_000);
        if (err) reject(fromGrpcError(err, wasSent(call)));
        else resolve(response);
      },
    );
    signal?.addEventListener('abort', cancel, { once: true });
  });
