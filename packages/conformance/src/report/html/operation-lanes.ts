import type { WrittenRecord } from "../written-report.js";
import { escapeHtml } from "./escape-html.js";

const WIDTH = 720;
const LABEL = 250;
const LANE = 18;
/** Operations drawn: the last ones, since a case fails at its end. */
const MAX_LANES = 24;

/** Draws the operations of a case as bars over time, one lane each, with the status of each answer. */
export function operationLanes({ operations, exchanges }: WrittenRecord): string {
  const all = operations.map((operation, index) => ({
    operation,
    exchange: exchanges[index] ?? undefined,
    number: index + 1,
  }));
  const shown = all.slice(-MAX_LANES);
  const starts = shown.flatMap(({ exchange }) => (exchange === undefined ? [] : [exchange.startedAt]));
  const begin = Math.min(...starts);
  const last = Math.max(
    1,
    ...shown.map(({ exchange }) => (exchange === undefined ? 0 : exchange.startedAt + exchange.endedAtMs - begin)),
  );
  const x = (ms: number): number => LABEL + (ms / last) * (WIDTH - LABEL - 44);
  const lanes = shown.map(({ operation, exchange, number }, index) => {
    const top = index * LANE;
    const name = `${number} ${operation.method} ${operation.target}${operation.path}`;
    const label = `<text class="lane" x="0" y="${top + 12}">${escapeHtml(name.length > 40 ? `${name.slice(0, 39)}…` : name)}<title>${escapeHtml(name)}</title></text>`;
    if (exchange === undefined) return `${label}<text class="lane" x="${LABEL}" y="${top + 12}">no end</text>`;
    const from = x(exchange.startedAt - begin);
    const width = Math.max(2, x(exchange.startedAt - begin + exchange.endedAtMs) - from);
    const isGood = exchange.head !== undefined && exchange.head !== null && exchange.head.status < 400;
    return `${label}<rect class="bar${isGood ? "" : " bad"}" x="${from.toFixed(1)}" y="${top + 3}" width="${width.toFixed(1)}" height="11" rx="2"/><text class="lane" x="${(from + width + 5).toFixed(1)}" y="${top + 12}">${exchange.head?.status ?? exchange.end}</text>`;
  });
  const hidden = all.length - shown.length;
  return `${hidden > 0 ? `<p class="quiet">The last ${shown.length} of ${all.length} operations.</p>` : ""}<div class="picture"><svg class="timeline" viewBox="0 0 ${WIDTH} ${shown.length * LANE + 4}" role="img" aria-label="${all.length} operations over time">${lanes.join("")}</svg></div>`;
}
