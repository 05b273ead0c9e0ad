import type { Client } from '@grpc/grpc-js';
import { type Clock, sleep } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import type { ObserveCircuit } from '../telemetry/circuit-metrics.js';
import { type CallBounds, type CallClass, createCallClass } from './call-class.js';
import type { ObserveCall } from './call-metrics.js';
import {
  type ClientConstructor,
  type ClientSettings,
  callUnary,
  createGrpcClient,
  type UnaryMethod,
  type UnaryOptions,
} from './client.js';
import { isServing } from './health.js';
import { BrokenCallError } from './status.js';
import type { GrpcTls } from './tls.js';

/** Where a service is and how its calls are shown; the same for every service that is called. */
export interface Neighbour {
  readonly clock: Clock;
  /** `host:port` */
  readonly target: string;
  /** Absent: not encrypted. */
  readonly tls?: GrpcTls | undefined;
  /** From `createCallTimes`. */
  readonly observe?: ObserveCall | undefined;
  /** From `createCircuitMetrics`. */
  readonly observeCircuit?: ObserveCircuit | undefined;
}

/** Calls of like cost. */
export interface ClassOfCalls {
  /** Every call ends within this time. */
  readonly deadlineMs: number;
  /** Absent: however many, and whatever became of those before. */
  readonly bounds?: CallBounds;
}

export interface ServiceClientOptions<Class extends string> extends Neighbour, ClientSettings {
  readonly classes: Readonly<Record<Class, ClassOfCalls>>;
  /** What a caller is told while the service is away or has too much to do, as a sentence. */
  readonly away: string;
  /** For so long no call of a class is tried whose breaker opened. */
  readonly restMs: number;
}

export interface CallMeta extends Pick<UnaryOptions, 'requestId' | 'signal'> {
  /** Changes nothing when it is made twice, so it is made once more where the service is just away. Default false. */
  readonly repeatable?: boolean;
}

/** One service as its callers have it. */
export interface ServiceClient<C extends Client, Class extends string> {
  /** For its methods, and for streams; `call` makes the others. */
  readonly client: C;
  /**
   * Calls `method`, as its class bounds it. @throws AppError; `unavailable` in words and with a retry time where the
   * class is bounded
   */
  call<Req, Res>(callClass: Class, method: UnaryMethod<Req, Res>, request: Req, meta?: CallMeta): Promise<Res>;
  /** Undefined when the service says it serves, else what is wrong. @throws AppError when it cannot be asked */
  check(): Promise<string | undefined>;
  close(): void;
}

const checkDeadlineMs = 800;
const repeatAfterMs = 100;

const isAway = (thrown: unknown): boolean => thrown instanceof AppError && thrown.code === 'unavailable';

/** The one way to call another service over gRPC, connected to from here on. The owner closes it. */
export const createServiceClient = <C extends Client, Class extends string>(
  Client: ClientConstructor<C>,
  options: ServiceClientOptions<Class>,
): ServiceClient<C, Class> => {
  const { clock, target, tls, deadPeerMs, observe, classes, away, restMs, observeCircuit } = options;
  const client = createGrpcClient(Client, target, tls, deadPeerMs === undefined ? {} : { deadPeerMs });
  // At once, and again whenever it is lost: the first call has its whole deadline for itself. On a busy machine a new
  // connection takes seconds.
  client.getChannel().getConnectivityState(true);
  const bounded = new Map<string, CallClass>();
  for (const [name, { bounds }] of Object.entries<ClassOfCalls>(classes))
    if (bounds) bounded.set(name, createCallClass({ ...bounds, clock, restMs, away, observeCircuit }));

  const twiceAtMost = async <T>(once: () => Promise<T>): Promise<T> => {
    try {
      return await once();
    } catch (first) {
      if (!isAway(first)) throw first;
      await sleep(clock, repeatAfterMs);
      return await once().catch((second: unknown) => {
        // That nobody takes it now says nothing of what became of it before.
        throw first instanceof BrokenCallError && isAway(second) ? first : second;
      });
    }
  };
  return {
    client,
    call: (callClass, method, request, { repeatable = false, ...meta } = {}) => {
      const { deadlineMs } = classes[callClass];
      const once = () => callUnary(client, method, request, { ...meta, deadlineMs, observe });
      const work = () => (repeatable ? twiceAtMost(once) : once());
      const calls = bounded.get(callClass);
      return calls ? calls.run(work) : work();
    },
    check: async () =>
      (await isServing(client, '', { deadlineMs: checkDeadlineMs })) ? undefined : 'says that it does not serve',
    close: () => {
      for (const calls of bounded.values()) calls.close();
      client.close();
    },
  };
};
