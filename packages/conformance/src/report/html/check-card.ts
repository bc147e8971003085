import type { Catalogue } from "../../model/read-catalogue.js";
import { reasonText } from "../../model/reason-code.js";
import { makeCase } from "../reproducer/make-case.js";
import { reproScript } from "../reproducer/repro-script.js";
import { protocolLink } from "../protocol-link.js";
import { verdictWords } from "../verdict-words.js";
import type { WrittenExchange, WrittenRecord, WrittenReport, WrittenResult } from "../written-report.js";
import { escapeHtml } from "./escape-html.js";
import { operationLanes } from "./operation-lanes.js";
import { frameClass, streamTimeline } from "./stream-timeline.js";
import { valueDiff } from "./value-diff.js";
import { verdictLook } from "./verdict-look.js";
import { wireLines } from "./wire-text.js";

/** Lines of a body that are listed. */
const MAX_LINES = 40;
/** Streams that are drawn. */
const MAX_STREAMS = 4;

/** The anchor of a check on the page. */
export function checkAnchor(check: string): string {
  return `check-${check.replace(/[^\w-]/g, "-")}`;
}

/** One check with everything behind its verdict: clauses, both sides, the answer over time, the reproducer. */
export function checkCard(report: WrittenReport, result: WrittenResult, { clauses }: Catalogue): string {
  const { verdict, check, title, record } = result;
  const look = verdictLook[verdict.status];
  const isOpen = verdict.status === "fail" || verdict.status === "error" || verdict.status === "flaky";
  const words = verdictWords(verdict);
  const texts = result.clauses.map(
    (id) =>
      `<dt><code>${escapeHtml(id)}</code> <span class="level">${escapeHtml(clauses.get(id)?.level ?? result.level)}</span></dt><dd>${escapeHtml(clauses.get(id)?.text ?? "")} <cite>${sourceLink(id)}</cite></dd>`,
  );
  const sections = [
    `<dl class="clauses">${texts.join("")}</dl>`,
    "reason" in verdict
      ? `<h4>${escapeHtml(reasonText(verdict.reason))}${verdict.times === undefined ? "" : ` <span class="times">${verdict.times.hits} of ${verdict.times.of}</span>`} <cite>${sourceLink(verdict.reason.clause)}</cite></h4>${valueDiff(verdict.expected, verdict.observed)}`
      : verdict.status === "pass"
        ? `<ul class="evidence">${verdict.evidence.map(({ control, what }) => `<li><span class="control">${control === "positive" ? "did" : "told apart"}</span> ${escapeHtml(what)}</li>`).join("")}</ul>`
        : `<p class="words">${escapeHtml(verdict.status === "error" ? verdict.message : words)}</p>`,
    ...result.warnings.map(
      (finding) =>
        `<h4>warning: ${escapeHtml(reasonText(finding.reason))} <cite>${sourceLink(finding.reason.clause)}</cite></h4>${valueDiff(finding.expected, finding.observed)}`,
    ),
    result.observations.length === 0
      ? ""
      : `<ul class="evidence">${result.observations.map(({ clause, reading }) => `<li><span class="control">${escapeHtml(clause)}</span> ${escapeHtml(reading)}</li>`).join("")}</ul>`,
    ...result.statistics.map(
      ({ runs, distinct, shares }) =>
        `<p class="quiet">${runs} cases, ${distinct} distinct${Object.entries(shares)
          .map(([name, share]) => `, ${(share * 100).toFixed(0)} % ${escapeHtml(name)}`)
          .join("")}</p>`,
    ),
    record === undefined || verdict.status === "pass" || record.operations.length === 0 ? "" : wire(record),
    reproducer(report, result),
  ];
  return `<details class="card ${verdict.status}" id="${checkAnchor(check)}" data-status="${verdict.status}" data-level="${result.level}" data-text="${escapeHtml(`${check} ${title} ${result.group} ${result.clauses.join(" ")}`.toLowerCase())}"${isOpen ? " open" : ""}>
<summary><span class="mark ${verdict.status}" title="${look.label}">${look.glyph}</span><span class="name"><code>${escapeHtml(check)}</code><span class="title">${escapeHtml(title)}</span></span><span class="level">${result.level}</span></summary>
<div class="body">${sections.join("\n")}</div></details>`;
}

/** A link to the section that a clause comes from; the page is opened apart from the report. */
function sourceLink(clause: string): string {
  const link = protocolLink(clause);
  if (link === undefined) return "";
  return `<a href="${escapeHtml(link.url)}" target="_blank" rel="noreferrer">${escapeHtml(link.text)}</a>`;
}

function wire(record: WrittenRecord): string {
  const answers = record.exchanges.flatMap((exchange, index) =>
    exchange === null || exchange.chunks.length === 0 ? [] : [{ exchange, number: index + 1 }],
  );
  const streams = answers.filter(({ exchange }) => wireLines(exchange).some(({ type }) => type !== undefined));
  // A case fails at its end: the last streams, else the last answer.
  const shown = streams.length > 0 ? streams.slice(-MAX_STREAMS) : answers.slice(-1);
  return `<h4>On the wire</h4>${operationLanes(record)}${shown.map(({ exchange, number }) => answer(exchange, number)).join("")}`;
}

function answer(exchange: WrittenExchange, number: number): string {
  const lines = wireLines(exchange);
  const rows = lines
    .slice(0, MAX_LINES)
    .map(
      ({ atMs, text, type = "text" }) =>
        `<tr><td>${atMs.toFixed(1)}</td><td><i class="dot ${frameClass(type)}"></i></td><td><code>${escapeHtml(text.length > 600 ? `${text.slice(0, 600)}…` : text)}</code></td></tr>`,
    );
  return `<h5>${number} ${escapeHtml(`${exchange.method} ${exchange.url}`)}</h5>${streamTimeline(exchange)}<div class="scroll"><table class="lines"><thead><tr><th>ms</th><th></th><th>line</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>${lines.length > MAX_LINES ? `<p class="quiet">${lines.length - MAX_LINES} more lines</p>` : ""}`;
}

function reproducer(report: WrittenReport, result: WrittenResult): string {
  const file = `cases/${result.check.replaceAll("/", ".")}/case.json`;
  const made = makeCase(report, result, file);
  if (made === undefined) return "";
  const script =
    made.operations.length === 0
      ? ""
      : `<details class="script"><summary>repro.sh</summary><pre>${escapeHtml(reproScript(made))}</pre></details>`;
  return `<h4>Reproducer</h4><pre class="command">${escapeHtml(made.replay)}</pre>${made.generated === undefined ? "" : `<p class="quiet">smallest case <code>${escapeHtml(JSON.stringify(made.generated.value).slice(0, 400))}</code></p>`}${script}`;
}
