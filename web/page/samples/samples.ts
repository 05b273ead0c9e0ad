import type { ComponentType } from 'react';
import { CandleSample, RangeSample, StateSample, ValueSample } from './chart-samples.js';
import { ButtonSample, FieldSample, FreshnessSample, SelectSample, TableSample } from './control-samples.js';
import { AmountSample, BadgeSample, ChangeSample, ReceiptSample, SparkSample } from './figure-samples.js';

/** Every part that has a page of its own under `/kit`, by the name in its address. */
export const samples: Readonly<Record<string, ComponentType>> = {
  'amount-text': AmountSample,
  'delta-text': ChangeSample,
  'asset-badge': BadgeSample,
  spark: SparkSample,
  'time-chart': ValueSample,
  'candle-chart': CandleSample,
  'range-tabs': RangeSample,
  'basis-select': SelectSample,
  'data-table': TableSample,
  'state-block': StateSample,
  receipt: ReceiptSample,
  freshness: FreshnessSample,
  field: FieldSample,
  button: ButtonSample,
};
