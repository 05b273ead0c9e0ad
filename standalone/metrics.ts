import { createMetrics, type Metrics } from '@tickfolio/lib/telemetry';

/**
 * Metrics of each service of this process. Names tell the services apart, so wherever one of them serves /metrics, all
 * are shown.
 * @returns the metrics of the named service, made once; the first one carries the process's own figures
 */
export const createServiceMetrics = (): ((service: string) => Metrics) => {
  const all = new Map<string, Metrics>();
  const text = async () => (await Promise.all([...all.values()].map((metrics) => metrics.text()))).join('\n');
  const shown = new Map<string, Metrics>();
  return (service) => {
    const own = all.get(service) ?? createMetrics(service, { process: all.size === 0 });
    all.set(service, own);
    const one = shown.get(service) ?? { ...own, text: () => text() };
    shown.set(service, one);
    return one;
  };
};
