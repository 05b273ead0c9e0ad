import type uPlot from 'uplot';
import { isMarked } from '../line/recorded-line.js';
import type { ValueLine } from '../line/value-line.js';

/** Distance of the lines of a hatch, and the radius of a point, in CSS pixels. */
const [hatchStep, pointRadius] = [7, 3];

/** Hatches that of which nothing is known. */
export const hatch = (plot: uPlot, { bare }: ValueLine, colour: string): void => {
  const { ctx, bbox } = plot;
  const { left, top, width, height } = bbox;
  const ratio = devicePixelRatio;
  for (const { fromMs, toMs } of bare) {
    const from = Math.max(left, plot.valToPos(fromMs / 1_000, 'x', true));
    const to = Math.min(left + width, plot.valToPos(toMs / 1_000, 'x', true));
    if (to <= from) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, top, to - from, height);
    ctx.clip();
    ctx.beginPath();
    // From a place that stays, so that the lines do not run while the line grows.
    const step = hatchStep * ratio;
    for (let x = Math.floor((from - height) / step) * step; x < to; x += step) {
      ctx.moveTo(x, top + height);
      ctx.lineTo(x + height, top);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = ratio;
    ctx.stroke();
    ctx.restore();
  }
};

/**
 * Marks the live end, and points that stand alone between two gaps, of which no line could be drawn; hollow where they
 * lack something.
 */
export const drawEnds = (plot: uPlot, { points, gaps, fromMs }: ValueLine, colour: string): void => {
  const { ctx } = plot;
  const [begins, ends] = [new Set(gaps.map((gap) => gap.fromMs)), new Set(gaps.map((gap) => gap.toMs))];
  const live = points.at(-1);
  for (const point of points) {
    const { atMs, value } = point;
    if (atMs < fromMs || (point !== live && !(begins.has(atMs) && ends.has(atMs)))) continue;
    ctx.beginPath();
    ctx.arc(
      plot.valToPos(atMs / 1_000, 'x', true),
      plot.valToPos(Number(value), 'y', true),
      pointRadius * devicePixelRatio,
      0,
      2 * Math.PI,
    );
    ctx.fillStyle = colour;
    ctx.strokeStyle = colour;
    if (isMarked(point)) ctx.stroke();
    else ctx.fill();
  }
};
