import { callJson } from './client.js';

/** What the audits of a service found, by its metrics: how much of each check was looked at, and what is wrong. */
export const auditsOf = async (base: string, service: string, scope: 'changed' | 'all') => {
  const text = String((await callJson(base, 'GET', '/metrics')).body.text);
  const line = new RegExp(`^tickfolio_${service}_audit_(\\w+)\\{check="(\\w+)",scope="${scope}"\\} (\\d+)$`, 'gm');
  const all = [...text.matchAll(line)].map(([, figure, check, value]) => ({ figure, check, value: Number(value) }));
  return {
    checked: (name: string) => all.find(({ figure, check }) => figure === 'checked' && check === name)?.value ?? 0,
    wrong: all.filter(({ figure, value }) => figure !== 'checked' && value > 0),
  };
};
