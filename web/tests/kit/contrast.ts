import type { Page } from 'playwright-core';

/** How far lines must stand out from their ground, by WCAG 1.4.11. */
const leastRatio = 3;

/**
 * Lines that stand out too little: the border of every field in sight from the field and from what is around it, the
 * mark of the focus from every ground.
 */
export const faintLines = (page: Page) =>
  page.evaluate(`(() => {
    const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const light = (colour) => {
      probe.fillStyle = colour;
      probe.fillRect(0, 0, 1, 1);
      const [red, green, blue] = [...probe.getImageData(0, 0, 1, 1).data].map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ratio = (one, other) => {
      const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
      return (high + 0.05) / (low + 0.05);
    };
    const root = getComputedStyle(document.documentElement);
    const of = (name) => root.getPropertyValue(name).trim();
    const faint = ['--ground', '--surface', '--raised']
      .filter((ground) => ratio(of('--accent'), of(ground)) < ${leastRatio})
      .map((ground) => 'focus on ' + ground);
    const isSolid = (colour) => colour !== 'transparent' && !/, 0\\)$/.test(colour);
    const groundOf = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const { backgroundColor } = getComputedStyle(at);
        if (isSolid(backgroundColor)) return backgroundColor;
      }
      return of('--ground');
    };
    for (const field of document.querySelectorAll('input:not([type=radio], [type=checkbox]), select, textarea')) {
      const { borderTopColor, borderTopWidth } = getComputedStyle(field);
      if (!field.checkVisibility() || borderTopWidth === '0px') continue;
      const ratios = [groundOf(field), groundOf(field.parentElement)].map((ground) => ratio(borderTopColor, ground));
      if (Math.min(...ratios) < ${leastRatio}) faint.push(field.outerHTML.slice(0, 90) + ' ' + ratios);
    }
    return faint;
  })()`) as Promise<string[]>;
