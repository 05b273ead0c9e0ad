import type uPlot from './uplot.js';

export interface CandleColors {
  readonly up: string;
  readonly down: string;
  /** Inside of a hollow candle. */
  readonly ground: string;
}

/** Of the room that a bar has. */
const bodyPart = 0.66;
/**
 * Where bars have less room than this, in lines' widths, lines are as thin as can be, so that hollow still looks
 * hollow.
 */
const thinBelow = 8;

/**
 * Draws a candle per bar: hollow where the close is not below the open, filled where it is, so that colour is not
 * needed to tell.
 */
export const drawCandles = (chart: uPlot, barSeconds: number, colors: CandleColors): void => {
  const { ctx, data, bbox } = chart;
  const [times = [], opens = [], highs = [], lows = [], closes = []] = data;
  const normalLine = Math.max(1, Math.round(devicePixelRatio));
  const room = Math.abs(chart.valToPos(barSeconds, 'x', true) - chart.valToPos(0, 'x', true));
  const line = room < thinBelow * normalLine ? 1 : normalLine;
  const half = Math.max(1, Math.round((room * bodyPart) / 2));
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = line;
  times.forEach((time, at) => {
    const [open, high, low, close] = [opens[at], highs[at], lows[at], closes[at]];
    if (open == null || high == null || low == null || close == null) return;
    const y = (price: number) => Math.round(chart.valToPos(price, 'y', true)) + (line % 2) / 2;
    const x = Math.round(chart.valToPos(time, 'x', true)) + (line % 2) / 2;
    const isUp = close >= open;
    ctx.strokeStyle = isUp ? colors.up : colors.down;
    ctx.fillStyle = isUp ? colors.ground : colors.down;
    ctx.beginPath();
    ctx.moveTo(x, y(high));
    ctx.lineTo(x, y(low));
    ctx.stroke();
    const top = y(Math.max(open, close));
    const height = Math.max(line, y(Math.min(open, close)) - top);
    ctx.beginPath();
    ctx.rect(x - half, top, 2 * half, height);
    ctx.fill();
    ctx.stroke();
  });
  ctx.restore();
};
