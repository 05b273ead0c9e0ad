import { type Html, html } from '@tickfolio/lib/look/html';
import {
  currentAudits,
  maxAuditAgeMs,
  type PartitionAudit,
  rateMinutes,
  type StorageSize,
} from '../archive/pipeline-figures.js';
import { agoText } from '../browser/time-text.js';
import { agoHtml, type PageContent } from './page.js';
import { countText } from './ticker-cells.js';
import { logWords, serverLog, type TickerLog, type TickerLogWords } from './ticker-log.js';

/** Each figure is undefined when it could not be read. */
export interface PipelineFigures {
  readonly rates: readonly number[] | undefined;
  /** Time of the newest ticker; `null` when there is none. */
  readonly newestMs: number | null | undefined;
  readonly audits: readonly PartitionAudit[] | undefined;
  readonly deadLetters: ReadonlyMap<string, bigint> | undefined;
  readonly storage: StorageSize | undefined;
}

/** Tickers come every second and are inserted after 10 s at most, unless set otherwise. */
const freshMs = 60_000;

export interface Verdict {
  readonly kind: 'good' | 'warn' | 'bad' | 'unknown';
  readonly text: string;
}

const sum = (audits: readonly PartitionAudit[], of: 'missing' | 'duplicate' | 'lag'): bigint =>
  audits.reduce((total, audit) => total + audit[of], 0n);

/** The state of the archive in one sentence. @param logName what the archiver compares ClickHouse with */
export const verdictOf = (
  all: readonly PartitionAudit[] | undefined,
  nowMs: number,
  logName = logWords(serverLog).name,
): Verdict => {
  if (all === undefined) return { kind: 'unknown', text: 'Not known: the audit’s results cannot be read.' };
  if (all.length === 0) {
    return {
      kind: 'unknown',
      text: `Not checked yet: the archiver compares ${logName} with ClickHouse, every minute unless set otherwise, and has not reported.`,
    };
  }
  const audits = currentAudits(all);
  const [missing, duplicate] = [sum(audits, 'missing'), sum(audits, 'duplicate')];
  const oldestMs = Math.min(...audits.map(({ auditedMs }) => auditedMs));
  const checked = `checked ${agoText(nowMs - oldestMs)}`;
  if (missing !== 0n || duplicate !== 0n) {
    const parts = [
      missing !== 0n && `${countText(missing)} missing`,
      duplicate !== 0n && `${countText(duplicate)} twice`,
    ].filter(Boolean);
    return { kind: 'bad', text: `Not complete: ${parts.join(', ')}, ${checked}.` };
  }
  if (audits.some((audit) => nowMs - audit.auditedMs > maxAuditAgeMs(audit))) {
    return { kind: 'warn', text: `Complete when last ${checked}, and not checked since: is the archiver running?` };
  }
  return { kind: 'good', text: `Complete: nothing missing, nothing twice, ${checked}.` };
};

const verdictMarks = { good: '✓', warn: '!', bad: '✕', unknown: '?' } as const;

const sparkWidth = 600;
const sparkHeight = 80;

const sparkline = (rates: readonly number[], perSecond: (count: number) => string): Html => {
  const top = Math.max(...rates, 1);
  const step = sparkWidth / (rates.length - 1);
  const points = rates.map(
    (count, at) =>
      `${Math.round(at * step * 10) / 10} ${Math.round((sparkHeight - 4 - (count / top) * (sparkHeight - 8)) * 10) / 10}`,
  );
  const label = `Rows per second over the last ${rateMinutes} minutes: at most ${perSecond(Math.max(...rates))}, at least ${perSecond(Math.min(...rates))}, in the last minute ${perSecond(rates.at(-1) ?? 0)}.`;
  return html`<svg class="spark" viewBox="0 0 ${sparkWidth} ${sparkHeight}" preserveAspectRatio="none" role="img" aria-label="${label}">
<path class="area" d="M0 ${sparkHeight}L${points.join('L')}L${sparkWidth} ${sparkHeight}Z" /><path class="line" d="M${points.join('L')}" />
</svg>`;
};

const perSecond = (perMinute: number): string =>
  perMinute === 0 ? '0' : (perMinute / 60).toFixed(perMinute < 600 ? 1 : 0);

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `1.4 GiB`. */
export const sizeText = (bytes: bigint): string => {
  let value = Number(bytes);
  let unit = 0;
  for (; value >= 1_024 && unit < units.length - 1; unit++) value /= 1_024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
};

interface Figure {
  readonly name: string;
  readonly value: Html | string | undefined;
  readonly state?: 'good' | 'warn' | 'bad';
  readonly words: string;
  readonly more?: Html;
}

const figureHtml = ({
  name,
  value,
  state,
  words,
  more,
}: Figure): Html => html`<div class="figure${state ? ` ${state}` : ''}" data-key="${name}">
<dt>${name}</dt>
<dd class="value">${value ?? 'not known'}</dd>
${more && html`<dd>${more}</dd>`}
<dd class="words">${words}</dd>
</div>`;

const figuresOf = (figures: PipelineFigures, nowMs: number, log: TickerLogWords): readonly Figure[] => {
  const { rates, newestMs, audits, deadLetters, storage } = figures;
  const dead = deadLetters && [...deadLetters.values()].reduce((total, count) => total + count, 0n);
  const lag = audits && sum(currentAudits(audits), 'lag');
  const old = typeof newestMs === 'number' && nowMs - newestMs > freshMs;
  return [
    {
      name: 'Rows per second',
      value: rates && perSecond(rates.at(-1) ?? 0),
      words: `In the last full minute, by the tickers’ own time; the line shows the last ${rateMinutes} minutes. The exchange sends a ticker per symbol and second while it trades.`,
      ...(rates ? { more: sparkline(rates, perSecond) } : {}),
    },
    {
      name: 'Newest row',
      value: newestMs === undefined ? undefined : newestMs === null ? 'none yet' : agoHtml(newestMs, nowMs),
      ...(old ? { state: 'warn' as const } : {}),
      words: `How old the newest archived ticker is. The archiver waits for a full batch or for its time limit (${log.limit}); much more means that something upstream stands still.`,
    },
    {
      name: 'Lag',
      value: lag === undefined ? undefined : audits?.length === 0 ? 'not checked yet' : `${countText(lag)} messages`,
      words: log.lag,
    },
    {
      name: 'Dead letters',
      value: dead === undefined ? undefined : countText(dead),
      ...(dead ? { state: 'warn' as const } : {}),
      words: log.deadLetters,
    },
    {
      name: 'Storage',
      value: storage && sizeText(storage.bytes),
      words: storage
        ? `${countText(storage.rows)} stored rows and everything kept beside them (rollups, offsets, audits); ${sizeText(storage.plainBytes)} before compression.`
        : 'What the archive’s tables take on ClickHouse’s disk.',
    },
  ];
};

const countCell = (count: bigint): Html =>
  html`<td class="number${count === 0n ? '' : ' bad'}">${count === 0n ? '0' : html`<strong>${countText(count)}</strong>`}</td>`;

const partitions = (
  audits: readonly PartitionAudit[],
  deadLetters: PipelineFigures['deadLetters'],
  nowMs: number,
  { name }: TickerLogWords,
): Html => {
  const current = new Set(currentAudits(audits));
  return html`<section aria-labelledby="partitions" data-key="partitions">
<h2 id="partitions">Partition by partition</h2>
<div class="scroll" role="region" aria-label="Audit of each partition" tabindex="0">
<table><caption><span>The messages of ${name} against ClickHouse’s rows, as the archiver last compared them.</span></caption>
<thead><tr><th scope="col">Topic</th><th scope="col" class="number">Partition</th><th scope="col" class="number">Missing</th><th scope="col" class="number">Duplicate</th><th scope="col" class="number">Lag</th><th scope="col" class="number">Dead letters</th><th scope="col" class="number">Checked up to</th><th scope="col">Checked</th></tr></thead>
<tbody>
${audits.map((audit) => {
  const { topic, partition, missing, duplicate, lag, checkedTo, auditedMs } = audit;
  const dead = deadLetters && (deadLetters.get(`${topic}/${partition}`) ?? 0n);
  return html`<tr data-key="${topic}/${partition}"><th scope="row">${topic}${current.has(audit) ? '' : html` <span class="muted">no longer checked</span>`}</th><td class="number">${partition}</td>${countCell(missing)}${countCell(duplicate)}<td class="number">${countText(lag)}</td><td class="number">${dead === undefined ? '?' : countText(dead)}</td><td class="number">${countText(checkedTo)}</td><td>${agoHtml(auditedMs, nowMs)}</td></tr>
`;
})}</tbody>
</table>
</div>
<dl class="words">
<div><dt>Missing</dt><dd>Messages that the archiver said it had stored and that no query finds. It must be 0, always.</dd></div>
<div><dt>Duplicate</dt><dd>Tickers that a query would count more than once. It must be 0, always.</dd></div>
<div><dt>Checked up to</dt><dd>The offset in ${name} up to which the two were compared.</dd></div>
</dl>
</section>`;
};

/** How well the archive is fed, for operators. */
export const pipelinePage = (figures: PipelineFigures, nowMs: number, log: TickerLog): PageContent => {
  const words = logWords(log);
  const verdict = verdictOf(figures.audits, nowMs, words.name);
  return {
    title: 'Pipeline',
    current: 'pipeline',
    live: true,
    main: html`<h1>Pipeline</h1>
<p class="verdict ${verdict.kind}" data-key="verdict"><span class="mark" aria-hidden="true">${verdictMarks[verdict.kind]}</span> ${verdict.text}</p>
<dl class="figures" data-key="figures">
${figuresOf(figures, nowMs, words).map(figureHtml)}
</dl>
${figures.audits !== undefined && figures.audits.length > 0 && partitions(figures.audits, figures.deadLetters, nowMs, words)}`,
  };
};
