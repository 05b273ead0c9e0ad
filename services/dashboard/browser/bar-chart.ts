import { drawCandles } from './candles.js';
import { timeText } from './time-text.js';
import uPlot from './uplot.js';

/** As the page has it in its data block; prices are exact texts. */
export interface ChartData {
  readonly fromMs: number;
  readonly toMs: number;
  readonly barMs: number;
  readonly bars: readonly {
    readonly startMs: number;
    readonly open: string;
    readonly high: string;
    readonly low: string;
    readonly close: string;
  }[];
}

export interface BarChart {
  update(data: ChartData): void;
  /** Colours or size have changed. */
  redraw(): void;
}

const daySeconds = 86_400;
const yLabelWidth = 7.2;

/** Numbers are for places on the screen only; what is read as text are the exact texts. */
const columns = ({ bars, barMs }: ChartData): uPlot.AlignedData => [
  bars.map((bar) => (bar.startMs + barMs / 2) / 1_000),
  bars.map((bar) => Number(bar.open)),
  bars.map((bar) => Number(bar.high)),
  bars.map((bar) => Number(bar.low)),
  bars.map((bar) => Number(bar.close)),
];

/**
 * Where the axis has its marks: at whole hours and days of UTC. The library's own are of the browser's zone, also where
 * it is told another.
 */
const timeSplits = (fromS: number, toS: number, incrementS: number): number[] => {
  const first = Math.ceil(fromS / incrementS);
  return Array.from({ length: Math.floor(toS / incrementS) - first + 1 }, (_, at) => (first + at) * incrementS);
};

/** Times of day; the date where it begins or changes. */
const timeLabels = (splits: readonly number[], incrementS: number): string[] => {
  let day = '';
  return splits.map((second) => {
    const text = timeText(second * 1_000);
    const date = text.slice(5, 10);
    if (incrementS >= daySeconds) return date;
    const isNew = date !== day;
    day = date;
    return isNew ? `${text.slice(11, 16)}\n${date}` : text.slice(11, 16);
  });
};

const priceLabels = (splits: readonly number[], increment: number): string[] => {
  const decimals = Math.min(8, Math.max(0, -Math.floor(Math.log10(increment) + 1e-9)));
  return splits.map((price) => price.toFixed(decimals));
};

/**
 * Draws bars into a container, which gets a line that reads out the bar under the pointer or, with the arrow keys, any
 * bar.
 */
export const createBarChart = (container: HTMLElement, first: ChartData): BarChart => {
  let data = first;
  const color = (name: string) => getComputedStyle(container).getPropertyValue(`--${name}`).trim();
  const readout = document.createElement('p');
  readout.className = 'readout';

  const read = (index: number | null | undefined) => {
    const bar = data.bars[index ?? data.bars.length - 1];
    if (!bar) return;
    const parts = [
      ['', `${timeText(bar.startMs).slice(0, 16)}`],
      ['open', bar.open],
      ['high', bar.high],
      ['low', bar.low],
      ['close', bar.close],
    ] as const;
    readout.replaceChildren(
      ...parts.map(([name, value]) => {
        const part = document.createElement('span');
        const label = document.createElement('b');
        label.textContent = name;
        part.append(label, name === '' ? value : ` ${value}`);
        return part;
      }),
    );
  };
  const font = '12px system-ui, sans-serif';
  const axis = { stroke: () => color('muted'), font, ticks: { show: false } };
  const grid = { stroke: () => color('line'), width: 1 };
  const price = { show: true, paths: () => null, points: { show: false } };
  const series: uPlot.Series[] = [{}, price, price, price, price];
  container.classList.add('drawn');
  container.append(readout);
  read(undefined);
  const chart = new uPlot(
    {
      width: container.clientWidth,
      height: container.clientHeight,
      padding: [readout.offsetHeight + 8, 0, 0, 20],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: true, range: () => [data.fromMs / 1_000, data.toMs / 1_000] },
        y: {
          range: (_, low, high) =>
            low === high ? [low * 0.999, high * 1.001 || 1] : uPlot.rangeNum(low, high, 0.06, false),
        },
      },
      series,
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: (_, values) => (values?.some((text) => text.includes('\n')) ? 42 : 26),
          space: 60,
          splits: (_, _axis, fromS, toS, incrementS) => timeSplits(fromS, toS, incrementS),
          values: (_, splits, _axis, _space, increment) => timeLabels(splits, increment),
        },
        {
          ...axis,
          side: 1,
          grid,
          size: (_, values) => Math.max(...(values ?? ['']).map((text) => text.length)) * yLabelWidth + 16,
          values: (_, splits, _axis, _space, increment) => priceLabels(splits, increment),
        },
      ],
      hooks: {
        draw: [
          (u) => drawCandles(u, data.barMs / 1_000, { up: color('up'), down: color('down'), ground: color('surface') }),
        ],
        setCursor: [(u) => read(u.cursor.idx)],
      },
    },
    columns(data),
    container,
  );

  const resize = () => chart.setSize({ width: container.clientWidth, height: container.clientHeight });
  new ResizeObserver(resize).observe(container);
  const moveTo = (index: number) => {
    const at = Math.min(Math.max(index, 0), data.bars.length - 1);
    const bar = data.bars[at];
    if (!bar) return;
    chart.setCursor({
      left: chart.valToPos((bar.startMs + data.barMs / 2) / 1_000, 'x'),
      top: chart.valToPos(Number(bar.close), 'y'),
    });
  };
  const keys: Readonly<Record<string, (at: number) => number>> = {
    ArrowLeft: (at) => at - 1,
    ArrowRight: (at) => at + 1,
    Home: () => 0,
    End: () => data.bars.length - 1,
  };
  container.tabIndex = 0;
  container.setAttribute('role', 'group');
  const label = () =>
    container.setAttribute(
      'aria-label',
      `Chart. ${container.dataset.label ?? ''} Left and right arrow keys read bar by bar.`,
    );
  label();
  container.addEventListener('keydown', (event) => {
    const move = keys[event.key];
    if (!move) return;
    event.preventDefault();
    // Spoken only to whoever asks for it; a pointer and live updates would never end.
    readout.setAttribute('aria-live', 'polite');
    moveTo(move(chart.cursor.idx ?? data.bars.length));
  });
  container.addEventListener('blur', () => {
    readout.removeAttribute('aria-live');
    chart.setCursor({ left: -10, top: -10 });
  });
  return {
    update: (next) => {
      data = next;
      chart.setData(columns(data));
      read(chart.cursor.idx);
      label();
    },
    redraw: () => chart.redraw(false, true),
  };
};
