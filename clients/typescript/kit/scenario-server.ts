import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Scenario } from './scenario.js';
import { createScenarioRun, type ScenarioRun } from './scenario-run.js';

export interface ScenarioServer {
  /** Where one client finds the server of one scenario: a base path of its own. @param run a name for that client */
  urlOf(scenario: string, run: string): string;
  /** What that client did. */
  seenOf(scenario: string, run: string): readonly string[];
  close(): Promise<void>;
}

/** Plays the servers of all scenarios, one apart from the other. */
export const startScenarioServer = async (scenarios: ReadonlyMap<string, Scenario>): Promise<ScenarioServer> => {
  const runs = new Map<string, ScenarioRun>();
  const runAt = (key: string): ScenarioRun => {
    const scenario = scenarios.get(key.split('/')[0] ?? '');
    if (!scenario) throw new Error(`no scenario ${key}`);
    const run = runs.get(key) ?? createScenarioRun(scenario, `/${key}`);
    runs.set(key, run);
    return run;
  };
  /** `/scenario/run/path` */
  const find = ({ url = '' }: IncomingMessage): { run: ScenarioRun; path: string } => {
    const [, scenario, name, ...rest] = url.split('/');
    return { run: runAt(`${scenario}/${name}`), path: `/${rest.join('/')}` };
  };
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'bearer' });
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { run, path } = find(request);
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => {
      body += piece;
    });
    request.once('end', () => void run.answer(request, path, body, response));
  });
  server.on('upgrade', (request, connection, head) => {
    const { run } = find(request);
    sockets.handleUpgrade(request, connection, head, (socket: WebSocket) => void run.play(request, socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (scenario, run) => `http://127.0.0.1:${port}/${scenario}/${run}`,
    seenOf: (scenario, run) => runAt(`${scenario}/${run}`).seen,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
