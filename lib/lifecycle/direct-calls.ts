/** Where Node keeps how its own fetch reaches others. */
const place = Symbol.for('undici.globalDispatcher.1');

/**
 * With NODE_USE_ENV_PROXY Node (22.21, 24) sends every fetch through the proxy that the environment names, calls
 * between the services too, which no proxy can reach. After this they go directly again; what goes outside chooses its
 * proxy itself, in lib/http.
 */
export const callNeighboursDirectly = async (): Promise<void> => {
  const present: unknown = Reflect.get(globalThis, place);
  if (present?.constructor.name !== 'EnvHttpProxyAgent') return;
  const { Agent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(new Agent());
};
