import { type Html, html } from '@tickfolio/lib/look/html';
import { type Bar, barWindow, type Range } from '../archive/bars.js';

const width = 800;
const height = 320;
const padding = 12;

/**
 * The chart as a picture, for readers without script and until the script has drawn its own. Figures stand in the text
 * beside it.
 */
export const barPicture = (bars: readonly Bar[], range: Range, nowMs: number, label: string): Html => {
  // A place on the screen need not be exact, so plain numbers do here.
  const tops = bars.map((bar) => Number(bar.high));
  const bottoms = bars.map((bar) => Number(bar.low));
  const top = Math.max(...tops);
  const bottom = Math.min(...bottoms);
  const { fromMs, toMs } = barWindow(range, nowMs);
  const slot = (width * range.barMs) / (toMs - fromMs);
  const y = (price: string): number => {
    const part = top === bottom ? 0.5 : (top - Number(price)) / (top - bottom);
    return Math.round((padding + part * (height - 2 * padding)) * 10) / 10;
  };
  const candle = (bar: Bar): Html => {
    const x = ((bar.startMs - fromMs) / range.barMs) * slot;
    const middle = Math.round((x + slot / 2) * 10) / 10;
    const half = Math.max(0.5, Math.round(slot * 3.3) / 10);
    const [open, close] = [y(bar.open), y(bar.close)];
    const body = Math.max(1, Math.abs(open - close));
    const kind = close <= open ? 'up' : 'down';
    return html`<g class="${kind}"><path d="M${middle} ${y(bar.high)}V${y(bar.low)}" /><rect x="${middle - half}" y="${Math.min(open, close)}" width="${2 * half}" height="${body}" /></g>`;
  };
  return html`<svg class="bar-picture" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}">${bars.map(candle)}</svg>`;
};
