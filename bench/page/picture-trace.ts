import type { Browser, Page } from '@tickfolio/lib/kit/chromium';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly frame_reporter?: {
      readonly state: string;
      readonly frame_source: number;
      readonly frame_sequence: number;
    };
  };
}

/** What the browser says of the pictures of a page: one for each beat of the screen. */
export interface PictureTrace {
  /** Shown with everything that the page had for them, a second. */
  readonly shownPerSecond: number;
  /** For which the page had something that was never shown as it was meant. */
  readonly missed: number;
  /** CPU time of the main thread in ms, a second. */
  readonly mainMs: number;
  /** Of script, style and layout, painting (with layers), and handing over: in ms, a second, by CPU time. */
  readonly parts: Readonly<Record<'script' | 'layout' | 'paint' | 'commit', number>>;
  /** CPU time in ms of each picture's work on the main thread, the longest first. */
  readonly pictureMs: readonly number[];
}

const categories = [
  'toplevel',
  'devtools.timeline',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-devtools.timeline.frame',
];
/** Of a trace: the browser is busy with tracing itself. */
const beginningUs = 500_000;
/** Work of the main thread that is not part of other work. */
const wholeTask = 'RunTask';
const namesOf = {
  script: ['FireAnimationFrame', 'EventDispatch', 'TimerFire', 'RunMicrotasks'],
  layout: ['UpdateLayoutTree', 'Layout'],
  paint: ['PrePaint', 'Paint', 'Layerize'],
  commit: ['Commit'],
} as const;

const cpuMs = (events: readonly TraceEvent[]) =>
  events.reduce((sum, { tdur, dur }) => sum + (tdur ?? dur ?? 0), 0) / 1_000;

const read = (bytes: Buffer): PictureTrace => {
  const { traceEvents } = JSON.parse(bytes.toString()) as { traceEvents: readonly TraceEvent[] };
  const mains = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    .map(({ pid, tid }) => traceEvents.filter((event) => event.pid === pid && event.tid === tid && event.ph === 'X'));
  const busiest = (events: readonly TraceEvent[]) => cpuMs(events.filter(({ name }) => name === wholeTask));
  const [main = []] = mains.sort((a, b) => busiest(b) - busiest(a));
  /** The fate of each picture; one that waited for the main thread is told of more than once. */
  const fates = new Map<string, string[]>();
  const reports = traceEvents.filter(
    ({ name, ph, pid }) => name === 'PipelineReporter' && ph === 'b' && pid === main[0]?.pid,
  );
  const times = reports.map(({ ts }) => ts).sort((a, b) => a - b);
  const fromUs = (times[0] ?? 0) + beginningUs;
  for (const { ts, args } of reports) {
    if (!args.frame_reporter || ts < fromUs) continue;
    const { frame_source: source, frame_sequence: sequence, state } = args.frame_reporter;
    fates.set(`${source} ${sequence}`, [...(fates.get(`${source} ${sequence}`) ?? []), state.replace('STATE_', '')]);
  }
  const seconds = ((times.at(-1) ?? 0) - fromUs) / 1_000_000;
  const all = [...fates.values()];
  const shown = all.filter((states) => states.includes('PRESENTED_ALL')).length;
  const idle = all.filter((states) => states.every((state) => state === 'NO_UPDATE_DESIRED')).length;

  const measured = main.filter(({ ts }) => ts >= fromUs);
  const named = (names: readonly string[]) => measured.filter(({ name }) => names.includes(name));
  const tasks = named([wholeTask]);
  const commits = named(namesOf.commit);
  const pictureTasks = tasks.filter(({ ts, dur = 0 }) => commits.some(({ ts: at }) => at >= ts && at <= ts + dur));
  return {
    shownPerSecond: shown / seconds,
    missed: all.length - shown - idle,
    mainMs: cpuMs(tasks) / seconds,
    parts: {
      script: cpuMs(named(namesOf.script)) / seconds,
      layout: cpuMs(named(namesOf.layout)) / seconds,
      paint: cpuMs(named(namesOf.paint)) / seconds,
      commit: cpuMs(named(namesOf.commit)) / seconds,
    },
    pictureMs: pictureTasks.map((task) => cpuMs([task])).sort((a, b) => b - a),
  };
};

/** Has the browser trace a page for so long. */
export const tracePictures = async (browser: Browser, page: Page, seconds: number): Promise<PictureTrace> => {
  await browser.startTracing(page, { categories });
  await page.waitForTimeout(seconds * 1_000);
  return read(await browser.stopTracing());
};
