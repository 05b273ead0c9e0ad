import type { Breaker } from '../retry/breaker.js';
import type { Metrics } from './telemetry.js';

/** Shows a breaker under a name of its own. @returns what ends that: its series go with whoever had the breaker */
export type ObserveCircuit = (circuit: string, breaker: Breaker) => () => void;

/** Shows the state of circuit breakers; once for each service's metrics. */
export const createCircuitMetrics = (metrics: Metrics): ObserveCircuit => {
  const open = metrics.gauge({
    name: 'circuit_open',
    help: '1 while calls are not tried because too many before them failed, or only one is as a test',
    labelNames: ['circuit'] as const,
  });
  const opened = metrics.counter({
    name: 'circuit_opened_total',
    help: 'How often calls were stopped because too many before them had failed',
    labelNames: ['circuit'] as const,
  });
  return (circuit, breaker) => {
    open.set({ circuit }, 0);
    opened.inc({ circuit }, 0);
    const end = breaker.onChange((state) => {
      open.set({ circuit }, state === 'closed' ? 0 : 1);
      if (state === 'open') opened.inc({ circuit });
    });
    return () => {
      end();
      open.remove({ circuit });
      opened.remove({ circuit });
    };
  };
};
