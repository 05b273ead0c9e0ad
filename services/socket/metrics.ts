import type { Metrics } from '@tickfolio/lib/telemetry';
import type { StreamKind } from './exchange/frame.js';

/** One frame in so many has its lag measured. */
const lagSampling = 16;

/** The service's figures. Labels are from small fixed sets; no symbol is ever one. */
export const createSocketMetrics = (metrics: Metrics) => {
  const malformed = metrics.counter({
    name: 'malformed_frames_total',
    help: 'Messages of the exchange that could not be read',
    labelNames: ['why'],
  });
  const implausible = metrics.counter({
    name: 'implausible_total',
    help: 'Trades and mini-tickers of which nothing can be used though they can be told apart: what they say cannot be right',
    labelNames: ['kind', 'why'],
  });
  const eventLag = metrics.histogram({
    name: 'event_lag_seconds',
    help: "From an event, by the exchange's clock, to its frame arriving here; one frame in 16 is measured",
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  });
  let frames = 0;
  let lastFrameMs = 0;
  metrics.gauge({
    name: 'last_frame_timestamp_seconds',
    help: 'When the last data frame arrived, epoch seconds; 0 before the first',
    collect() {
      this.set(lastFrameMs / 1_000);
    },
  });
  return {
    /** A data frame arrived. Cheap: this is called for every one. */
    frameArrived: (eventMs: number, receiveMs: number) => {
      lastFrameMs = receiveMs;
      if (++frames % lagSampling === 0) eventLag.observe(Math.max(0, receiveMs - eventMs) / 1_000);
    },
    attempts: metrics.counter({
      name: 'connection_attempts_total',
      help: 'Connections to the exchange that were tried',
    }),
    reconnects: metrics.counter({
      name: 'connections_lost_total',
      help: 'Connections to the exchange that ended unasked',
      labelNames: ['reason'],
    }),
    rotations: metrics.counter({
      name: 'rotations_total',
      help: 'Connections replaced without a gap',
      labelNames: ['reason'],
    }),
    controlMessages: metrics.counter({ name: 'control_messages_total', help: 'Control messages sent to the exchange' }),
    frames: metrics.counter({ name: 'frames_total', help: 'Data frames received', labelNames: ['kind'] }),
    duplicates: metrics.counter({
      name: 'duplicate_frames_total',
      help: 'Frames removed because they were delivered before',
      labelNames: ['kind'],
    }),
    refusals: metrics.counter({
      name: 'stream_refusals_total',
      help: 'Answers of the exchange that refuse one stream; it is asked for again after a pause that grows to 3 minutes',
    }),
    unwanted: metrics.counter({ name: 'unwanted_frames_total', help: 'Frames of streams nobody wants any more' }),
    held: metrics.counter({ name: 'reorder_holds_total', help: 'Frames that waited for an earlier one' }),
    holes: metrics.counter({
      name: 'sequence_holes_total',
      help: 'Holes in the trade ids that were passed on as holes',
    }),
    leaps: metrics.counter({
      name: 'sequence_leaps_total',
      help: 'Trades whose id leapt ahead while the ids before it went on; not followed',
    }),
    resets: metrics.counter({ name: 'sequence_resets_total', help: 'Streams whose ids began anew' }),
    renewals: metrics.counter({
      name: 'stream_renewals_total',
      help: 'Silent streams that were subscribed again',
      labelNames: ['kind'],
    }),
    slowConsumers: metrics.counter({
      name: 'slow_consumers_total',
      help: 'gRPC streams ended because they were read too slowly',
    }),
    sendDelay: metrics.histogram({
      name: 'receive_to_send_seconds',
      help: 'From the first frame of a gRPC message arriving to the message being written',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
    }),
    restCalls: metrics.counter({
      name: 'rest_calls_total',
      help: 'REST calls to the exchange',
      labelNames: ['call', 'outcome'],
    }),
    weightUsed: metrics.gauge({
      name: 'rest_weight_used',
      help: 'Request weight of the running minute as the exchange counts it',
    }),
    malformed: (why: string) => malformed.inc({ why }),
    /** @param kind of the stream, or `history` for a row of REST */
    implausible: (kind: StreamKind | 'history', why: string) => implausible.inc({ kind, why }),
  };
};

export type SocketMetrics = ReturnType<typeof createSocketMetrics>;

/** Figures that are read when somebody looks; one that is undefined is left out. */
export const observe = (metrics: Metrics, name: string, help: string, read: () => number | undefined): void => {
  metrics.gauge({
    name,
    help,
    collect() {
      const value = read();
      if (value === undefined) this.remove();
      else this.set(value);
    },
  });
};
