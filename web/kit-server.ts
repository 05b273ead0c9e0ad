import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This workspace, also for tests, which read the sources. */
const web = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '.' : '..', import.meta.url));

/** The parts of the page, each by itself under `/kit`, while one works on them. */
export interface KitServer {
  /** Without a slash at its end. */
  readonly origin: string;
  close(): Promise<void>;
}

/** @param port 0 takes a free one @throws Error where it is taken */
export const startKit = async (port: number): Promise<KitServer> => {
  const { createServer } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  const server = await createServer({
    root: web,
    configFile: false,
    logLevel: 'warn',
    cacheDir: join(web, 'dist/kit-cache'),
    resolve: { conditions: ['tickfolio-source', 'module', 'browser', 'development'] },
    optimizeDeps: { entries: ['kit.html'] },
    plugins: [
      react(),
      {
        name: 'kit',
        configureServer: ({ middlewares }) =>
          void middlewares.use((request, _response, next) => {
            if (/^\/kit(\/[\w-]*)?(\?|$)/.test(request.url ?? '')) request.url = '/kit.html';
            next();
          }),
      },
    ],
    server: { host: '127.0.0.1', port, strictPort: port !== 0 },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('the kit has no port');
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
};
