import type { WireEnd } from "../../model/wire-exchange.js";
import type { WrittenExchange } from "../written-report.js";
import { escapeHtml } from "./escape-html.js";
import { wireLines } from "./wire-text.js";

const WIDTH = 720;
const LEFT = 46;
const RIGHT = 132;
const TOP = 16;
const PLOT = 92;
const LANE = 17;
/** Frames drawn; a stream of more is drawn to here and says so. */
const MAX_FRAMES = 400;

const ENDS: Readonly<Record<WireEnd, string>> = {
  complete: "end of body",
  short: "FIN too early",
  reset: "RST",
  silence: "silence",
  client: "suite hung up",
  refused: "refused",
  malformed: "not HTTP",
  "too-large": "too large",
};

/**
 * Draws the answer of one operation over time: bytes as a rising line with a mark for every chunk border, the frames by
 * type below it, and how the connection ended on the right.
 */
export function streamTimeline(exchange: WrittenExchange): string {
  const { chunks, end, endedAtMs, head } = exchange;
  const lines = wireLines(exchange).slice(0, MAX_FRAMES);
  const types = [...new Set(lines.map(({ type = "text" }) => type))];
  const sizes = chunks.map(({ base64, size }) => size ?? Buffer.from(base64, "base64").length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const last = Math.max(endedAtMs, chunks.at(-1)?.atMs ?? 0, 1);
  // A long wait for the head would squeeze everything else against the right edge: the picture begins shortly before
  // it.
  const headAt = head?.atMs ?? 0;
  const first = headAt > last / 2 ? Math.max(0, headAt - (last - headAt) * 0.25 - 1) : 0;
  const at = (share: number): number => first + (last - first) * share;
  const x = (ms: number): string => (LEFT + ((ms - first) / (last - first)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (bytes: number): string => (TOP + PLOT - (total === 0 ? 0 : bytes / total) * PLOT).toFixed(1);
  const lanesTop = TOP + PLOT + 12;
  const height = lanesTop + types.length * LANE + 24;
  const bottom = height - 20;

  let sum = 0;
  const points = [`${x(head?.atMs ?? 0)},${y(0)}`];
  const borders = chunks.map(({ atMs, isPart }, index) => {
    points.push(`${x(atMs)},${y(sum)}`);
    sum += sizes[index] ?? 0;
    points.push(`${x(atMs)},${y(sum)}`);
    return `<circle class="chunk${isPart === true ? " part" : ""}" cx="${x(atMs)}" cy="${y(sum)}" r="3"><title>${sizes[index] ?? 0} bytes at ${atMs.toFixed(1)} ms</title></circle>`;
  });
  points.push(`${x(endedAtMs)},${y(sum)}`);
  const frames = lines.map(
    ({ atMs, type = "text", text }) =>
      `<rect class="frame ${frameClass(type)}" x="${(Number(x(atMs)) - 2).toFixed(1)}" y="${lanesTop + types.indexOf(type) * LANE}" width="5" height="11" rx="1.5"><title>${escapeHtml(`${atMs.toFixed(1)} ms ${text.slice(0, 300)}`)}</title></rect>`,
  );
  const labels = types.map(
    (type, index) =>
      `<line class="rail" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${lanesTop + index * LANE + 5.5}" y2="${lanesTop + index * LANE + 5.5}"/><text x="${WIDTH - RIGHT + 8}" y="${lanesTop + index * LANE + 9.5}">${escapeHtml(type.slice(0, 18))}</text>`,
  );
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${x(at(share))}" x2="${x(at(share))}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${x(at(share))}" y="${height - 5}">${timeText(at(share))}</text>`,
  );
  const endClass = end === "complete" || end === "client" ? end : end === "silence" ? "silence" : "broken";
  const endX = x(endedAtMs);
  return `<div class="picture"><svg class="timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(`${total} bytes in ${chunks.length} chunks over ${timeText(last)}, ended by ${ENDS[end]}`)}">
${ticks.join("")}<text class="axis" x="${LEFT - 8}" y="${TOP + 4}">${total} B</text><text class="axis" x="${LEFT - 8}" y="${TOP + PLOT}">0</text>
${head === undefined || head === null ? "" : `<line class="head" x1="${x(head.atMs)}" x2="${x(head.atMs)}" y1="${TOP}" y2="${bottom}"/>${statusNote(Number(x(head.atMs)), head.status)}`}
<polygon class="area" points="${points.join(" ")} ${endX},${y(0)}"/><polyline class="bytes" points="${points.join(" ")}"/>${borders.join("")}
${labels.join("")}${frames.join("")}
<line class="end ${endClass}" x1="${endX}" x2="${endX}" y1="${TOP - 6}" y2="${bottom}"/><text class="end-label ${endClass}" x="${Number(endX) + 6}" y="${TOP + 4}">${ENDS[end]}</text>
</svg></div>`;
}

/** The status beside the line of the head: left of it unless the axis is there. */
function statusNote(x: number, status: number): string {
  return x - LEFT > 30
    ? `<text class="axis" x="${x - 5}" y="${TOP + 8}">${status}</text>`
    : `<text x="${x + 6}" y="${TOP + 8}">${status}</text>`;
}

/** A class name for the frames of a type; every unknown type shares one. */
export function frameClass(type: string): string {
  return ["init", "stdout", "stderr", "error", "execution_complete", "result", "ping", "text"].includes(type)
    ? `t-${type}`
    : "t-other";
}

function timeText(ms: number): string {
  return ms >= 10_000
    ? `${(ms / 1000).toFixed(0)} s`
    : ms >= 1000
      ? `${(ms / 1000).toFixed(1)} s`
      : `${ms.toFixed(0)} ms`;
}
