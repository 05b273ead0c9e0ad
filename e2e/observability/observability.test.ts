import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@tickfolio/lib/kit/process';
import { readyNames } from '@tickfolio/services/registry';
import { describe, expect, it } from 'vitest';
import { readAlerts, readDashboards, readObservabilityCompose, readRunbook } from './observability.js';
import { readPromQl } from './promql.js';

describe('reading PromQL', () => {
  it('finds faults and names', () => {
    expect(readPromQl('sum by (le (rate(a_total[5m])))').faults).not.toEqual([]);
    expect(readPromQl('rate(a_total[$__rate_interval]) / on (job) b{x="y"}')).toEqual({
      faults: [],
      names: ['a_total', 'b'],
      patterns: [],
    });
    expect(readPromQl('{__name__=~"a_.+"} == 0').patterns).toEqual(['a_.+']);
  });
});

describe('alerts', () => {
  const alerts = readAlerts();
  const runbook = readRunbook();
  it.each(alerts)('$alert is whole, parses, and has its runbook', ({ alert, expr, for: time, labels, annotations }) => {
    expect(readPromQl(expr).faults).toEqual([]);
    expect(time).toMatch(/^\d+[smh]$/);
    expect(['critical', 'warning']).toContain(labels.severity);
    expect(annotations.summary.length).toBeGreaterThan(10);
    expect(annotations.runbook).toBe(`docs/operate/alerts.md#${alert.toLowerCase()}`);
    const [, text = ''] = new RegExp(`^### ${alert}\\n([^#]+)`, 'm').exec(runbook) ?? [];
    for (const part of ['**Means**', '**Look at**', '**Do**']) expect(text).toContain(part);
  });
  it('have names of their own, and the runbook speaks of no others', () => {
    // One alert is there once for each service.
    const missing = alerts.filter(({ alert }) => alert === 'ServiceMissing').map(({ expr }) => expr.trim());
    expect(missing.sort()).toEqual(readyNames.map((name) => `absent(up{job="${name}"})`).sort());
    const names = [
      ...alerts.map(({ alert }) => alert).filter((name) => name !== 'ServiceMissing'),
      'ServiceMissing',
    ].sort();
    expect(new Set(names).size).toBe(names.length);
    expect([...runbook.matchAll(/^### (\w+)$/gm)].map((match) => match[1]).sort()).toEqual(names);
  });
});

describe('dashboards', () => {
  it.each(readDashboards())('$file parses, and asks the one data source', ({ uid, panels }) => {
    expect(uid).toMatch(/^tickfolio-[a-z]+$/);
    const shown = panels.filter(({ type }) => type !== 'row');
    expect(shown.length).toBeGreaterThan(5);
    for (const { title, targets = [], datasource } of shown) {
      expect([title, targets.length > 0, datasource?.uid]).toEqual([title, true, 'prometheus']);
      expect(targets.flatMap(({ expr }) => readPromQl(expr).faults)).toEqual([]);
    }
  });
  it('are an overview and one for each path', () => {
    expect(
      readDashboards()
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['clients.json', 'overview.json', 'pipeline.json', 'prices.json']);
  });
});

describe('the compose file', () => {
  const services = readObservabilityCompose();
  it('pins images, opens ports on loopback only, and mounts what is there', () => {
    const own = Object.entries(services).filter(([, { image }]) => image);
    expect(own.map(([name]) => name)).toEqual(['prometheus', 'grafana']);
    for (const [, { image, ports = [], volumes = [], mem_limit: limit, profiles }] of own) {
      expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const volume of volumes.filter((text) => text.startsWith('.')))
        expect([volume, existsSync(join(projectRoot, volume.split(':')[0] ?? ''))]).toEqual([volume, true]);
      expect([limit, profiles]).toEqual([expect.stringMatching(/^\d+m$/), ['observability']]);
    }
  });
});
