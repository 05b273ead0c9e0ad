import type { Metrics } from '@tickfolio/lib/telemetry';
import { type CircuitBreakerPolicy, CircuitState } from 'cockatiel';

/** Shows a breaker under a name of its own. @returns what ends that: its series go with whoever had the breaker */
export type ObserveCircuit = (circuit: string, breaker: CircuitBreakerPolicy) => () => void;

/** Shows the state of circuit breakers. */
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
    const listening = breaker.onStateChange((state) => {
      open.set({ circuit }, state === CircuitState.Closed ? 0 : 1);
      if (state === CircuitState.Open) opened.inc({ circuit });
    });
    return () => {
      listening.dispose();
      open.remove({ circuit });
      opened.remove({ circuit });
    };
  };
};
