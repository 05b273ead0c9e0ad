import type { FastifyInstance } from 'fastify';

/** Which methods an address takes, which fastify's own router does not tell. */
export interface RouteTable {
  /** Sorted; empty when there is nothing at the path, whatever the method. */
  methodsAt(path: string): string[];
}

const patternOf = (url: string): RegExp => {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace('*', '.*')));
  return new RegExp(`^${parts.join('/')}$`);
};

/** To be made before the routes are. */
export const createRouteTable = (app: FastifyInstance): RouteTable => {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return; // Of a plugin that looks at every request; nothing is there for that.
    const route = routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  return {
    methodsAt: (path) => {
      const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path));
      return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
    },
  };
};
