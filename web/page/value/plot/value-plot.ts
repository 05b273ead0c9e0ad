import type { NumberStyle } from '@tickfolio/lib/look/amount';
import uPlot from 'uplot';
import type { Times } from '../../text/times.js';
import { columnsOf, findAt, type ValueLine } from '../line/value-line.js';
import { timeLabels, valueLabels } from './axis-labels.js';
import { drawEnds, hatch } from './plot-marks.js';

export interface ValuePlotOptions {
  readonly times: Times;
  readonly numbers: NumberStyle;
  /** Names of a thousand, of a thousand of that, and so on. */
  readonly sizes: readonly string[];
  /** Whether the axis keeps its amounts to itself. */
  readonly isDiscreet: boolean;
  /** Called with the moment that is pointed at, undefined for none, and with how near a point has to be to count. */
  readonly onPoint: (atMs: number | undefined, nearMs: number) => void;
}

export interface ValuePlot {
  update(line: ValueLine): void;
  close(): void;
}

/** Of the font of the labels, in CSS pixels. */
const [fontSize, letterWidth, lineHeight] = [12, 7, 26];
/** Points so near to the pointer count, in CSS pixels. */
const nearPixels = 4;
/** How a stretch is drawn whose values lack something, in CSS pixels: lines and the room between them. */
const markDash = [3, 4];
/** Likewise of today's holdings: dots. */
const heldDash = [0, 5];
const outside = { left: -10, top: -10 };

/** Some room above and below; a line that does not move lies in the middle. */
const valueRange = (low: number | null, high: number | null): [number, number] => {
  if (low === null || high === null) return [0, 1];
  return low === high ? [low * 0.999, high * 1.001 || 1] : (uPlot.rangeNum(low, high, 0.1, false) as [number, number]);
};

/** Whether the label of a value would touch those of the times. */
const isLow = (plot: uPlot, value = 0): boolean => plot.valToPos(value, 'y') > plot.over.clientHeight - fontSize;

/** Draws a line over true time into a box. Its colours are those of the box, at the moment it is made. */
export const createValuePlot = (
  box: HTMLElement,
  first: ValueLine,
  { times, numbers, sizes, isDiscreet, onPoint }: ValuePlotOptions,
): ValuePlot => {
  let line = first;
  const look = getComputedStyle(box);
  const colour = (name: string) => look.getPropertyValue(name).trim();
  const colours = {
    accent: colour('--accent'),
    fade: colour('--accent-fade'),
    ink: colour('--ink-2'),
    line: colour('--line'),
  };
  const heldLook = { stroke: colours.ink, width: 2, dash: heldDash, cap: 'round', points: { show: false } } as const;
  const lineLook = { stroke: colours.accent, width: 2, fill: colours.fade, points: { show: false } };
  const axis = { stroke: colours.ink, font: `${fontSize}px ${look.fontFamily}`, ticks: { show: false } } as const;
  const nearMs = (plot: uPlot) => ((line.toMs - line.fromMs) / plot.over.clientWidth) * nearPixels;
  const pointed = (plot: uPlot) => {
    const { left = -1 } = plot.cursor;
    onPoint(left < 0 ? undefined : plot.posToVal(left, 'x') * 1_000, nearMs(plot));
  };
  const plot = new uPlot(
    {
      width: box.clientWidth,
      height: box.clientHeight,
      // Days and hours begin where times are shown, which need not be where the browser is.
      tzDate: (second) => times.wall(second * 1_000),
      padding: [10, 0, 0, 2],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 8, width: 2, fill: colours.accent, stroke: colours.accent },
        // The pointer finds what the legend says, which is nothing in a gap.
        dataIdx: (self, _series, _closest, second) => {
          const found = findAt(line, second * 1_000, nearMs(self));
          const atMs = 'value' in found ? found.atMs : (found.fromMs + found.toMs) / 2;
          return self.data[0].indexOf(atMs / 1_000);
        },
      },
      scales: {
        x: { time: true, range: () => [line.fromMs / 1_000, line.toMs / 1_000] },
        y: { range: (_self, low, high) => valueRange(low, high) },
      },
      series: [{}, lineLook, { ...lineLook, dash: markDash }, heldLook],
      axes: [
        {
          ...axis,
          size: lineHeight,
          space: 66,
          grid: { show: false },
          // A label that would be cut off at the left edge is left out.
          values: (self, splits, _axis, _space, step) =>
            timeLabels(splits, step, times).map((label, at) =>
              self.valToPos(splits[at] ?? 0, 'x') < (label.length * letterWidth) / 2 ? '' : label,
            ),
        },
        {
          ...axis,
          side: 1,
          grid: { stroke: colours.line, width: 1 },
          size: (_self, labels) => Math.max(...(labels ?? ['']).map((label) => label.length)) * letterWidth + 14,
          // One at the bottom would stand between those of the times.
          values: (self, splits, _axis, _space, step) =>
            isDiscreet
              ? splits.map(() => '')
              : valueLabels(splits, step, numbers, sizes).map((label, at) => (isLow(self, splits[at]) ? '' : label)),
        },
      ],
      hooks: {
        drawClear: [(self) => hatch(self, line, colours.line)],
        draw: [(self) => drawEnds(self, line, colours.accent)],
        setCursor: [pointed],
      },
    },
    columnsOf(line),
    box,
  );
  // A finger points as a mouse does, and still scrolls the page up and down.
  const point = ({ pointerType, clientX }: PointerEvent) => {
    if (pointerType !== 'mouse') plot.setCursor({ left: clientX - plot.over.getBoundingClientRect().left, top: 1 });
  };
  plot.over.addEventListener('pointerdown', point);
  plot.over.addEventListener('pointermove', point);
  const resize = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight }));
  resize.observe(box);
  return {
    update: (next) => {
      line = next;
      plot.setData(columnsOf(line));
    },
    close: () => {
      resize.disconnect();
      plot.setCursor(outside);
      plot.destroy();
    },
  };
};
