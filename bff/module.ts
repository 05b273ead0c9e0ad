import type { Dependency } from '@tickfolio/lib/http';
import type { FastifyInstance } from 'fastify';
import type { Shared } from './shared.js';

/** A domain of the gateway: its routes, and what works for them. */
export interface BffModule {
  /** The group of its routes in the OpenAPI document. */
  readonly tag: string;
  /** What that group is about, for who reads the document; one domain of several in a group says it. */
  readonly about?: string;
  /** What the addresses of its routes begin with. */
  readonly prefix: string;
  /** The neighbour that it needs, as `/ready` tells of it; undefined where the installation leaves that out. */
  readonly dependency?: (shared: Shared) => Dependency | undefined;
  /**
   * Adds its routes to a scope of its own, and starts what works beside them; the scope's `onClose` ends that, before
   * what is shared closes.
   */
  register(scope: FastifyInstance, shared: Shared): Promise<void>;
}
