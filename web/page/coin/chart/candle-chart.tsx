import { grouped, shortened } from '@tickfolio/lib/look/amount';
import { useEffect, useRef, useState } from 'react';
import { useDark } from '../../display/theme.js';
import { useParts } from '../../parts.js';
import { useAssetText } from '../../text/asset/use-asset-text.js';
import type { ChartType } from '../../text/asset-address.js';
import { exact } from '../../text/exact.js';
import { useSpeaking } from '../../text/language.js';
import { CandleLegend } from './candle-legend.js';
import { ChartIcon } from './chart-icon.js';
import type { Candle, Slot } from './plot/candle.js';
import { type CandlePlot, createCandlePlot, type Sight } from './plot/candle-plot.js';
import type { OwnMarks } from './plot/own-marks.js';

export interface CandleChartProps {
  readonly symbol: string;
  /** Of which coin and which candles; of another one another part is in sight. */
  readonly about: string;
  readonly label: string;
  readonly type: ChartType;
  readonly slots: readonly Slot[];
  /** Of one candle. */
  readonly stepMs: number;
  /** What moves at the end. */
  readonly newest: Candle | undefined;
  /** One's own orders and trades; the same as long as nothing of them changes. */
  readonly own?: OwnMarks | undefined;
  /** Called when somebody comes near to the oldest candle. */
  readonly onOldest: () => void;
}

const [minDecimals, maxDecimals] = [2, 8];
const decimalsOf = (slots: readonly Slot[]): number => {
  const closes = slots.flatMap(({ candle }) => candle?.close ?? []).slice(-50);
  return Math.min(maxDecimals, Math.max(minDecimals, ...closes.map((text) => text.split('.')[1]?.length ?? 0)));
};
/** Of an axis: what is traded is shortened to three digits there. */
const volumeDecimals = 8;
/** So many times as many candles are in sight, or as few. */
const zoomFactor = 1.5;

/** Draws candles. Numbers are for the pixels; what is read as text is the exact one. */
export const CandleChart = (props: CandleChartProps) => {
  const { symbol, about, label, type, slots, stepMs, newest, own, onOldest } = props;
  const { times } = useSpeaking();
  const text = useAssetText();
  const { store } = useParts();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<CandlePlot>(undefined);
  const sight = useRef<{ readonly about: string; readonly sight: Sight }>(undefined);
  const [pointedMs, setPointedMs] = useState<number>();
  const dark = useDark();
  // Of what is not listed any more nobody says the step; then what stands there has to tell.
  const decimals = store.decimalsOf(symbol) || decimalsOf(slots);
  const withVolume = slots.some(({ candle }) => candle?.volume !== undefined);
  const moving = useRef({ newest, slots, own, onOldest });
  moving.current = { newest, slots, own, onOldest };

  // A theme change makes the chart anew, because it takes its colours only once.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    element.dataset.look = dark ? 'dark' : 'light';
    const made = createCandlePlot(element, moving.current.slots, {
      ...{ times, stepMs, type, decimals, withVolume },
      format: (price) => grouped(price.toFixed(decimals), text.numbers),
      formatVolume: (volume) => shortened(exact(volume.toFixed(volumeDecimals)), text.numbers, text.sizes),
      onPoint: setPointedMs,
      onOldest: () => moving.current.onOldest(),
    });
    if (moving.current.newest) made.update(moving.current.newest);
    if (moving.current.own) made.setOwn(moving.current.own);
    if (sight.current?.about === about) made.show(sight.current.sight);
    plot.current = made;
    return () => {
      const seen = made.sight();
      sight.current = seen && { about, sight: seen };
      plot.current = undefined;
      made.close();
    };
  }, [about, type, stepMs, dark, text, times, decimals, withVolume]);

  const drawn = useRef(slots);
  useEffect(() => {
    if (drawn.current !== slots) plot.current?.setSlots(slots);
    drawn.current = slots;
  }, [slots]);
  useEffect(() => {
    if (newest) plot.current?.update(newest);
  }, [newest]);
  useEffect(() => {
    if (own) plot.current?.setOwn(own);
  }, [own]);

  const pointed = newest?.atMs === pointedMs ? newest : slots.find(({ atMs }) => atMs === pointedMs)?.candle;
  const tools = [
    { icon: 'zoom-out', name: text.zoomOut, run: () => plot.current?.zoom(zoomFactor) },
    { icon: 'zoom-in', name: text.zoomIn, run: () => plot.current?.zoom(1 / zoomFactor) },
    { icon: 'newest', name: text.toNewest, run: () => plot.current?.reset() },
  ] as const;
  return (
    <div className="chart">
      <div className="chart-line">
        <CandleLegend symbol={symbol} atMs={pointedMs} candle={pointed} stepMs={stepMs} />
        <div className="chart-tools">
          {tools.map(({ icon, name, run }) => (
            <button key={icon} type="button" className="icon-button" aria-label={name} title={name} onClick={run}>
              <ChartIcon name={icon} />
            </button>
          ))}
        </div>
      </div>
      <div ref={box} className="chart-box chart-tall" role="img" aria-label={label} />
    </div>
  );
};
