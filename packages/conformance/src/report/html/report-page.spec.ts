import { describe, expect, it } from "vitest";
import { sampleReport } from "../../proof/testing/sample-report.js";
import { filterScript, pageStyles } from "./page-assets.js";
import { reportPage } from "./report-page.js";

const page = reportPage(sampleReport);

describe("reportPage", () => {
  it("loads nothing", () => {
    // A link to the protocol is followed by a reader, not loaded by the page.
    const loaded = page.replace(/<a href="https:[^"]*"/g, "<a");
    expect(loaded).not.toMatch(/\b(?:src|href)="(?!#)/);
    expect(loaded).not.toMatch(/@import|url\(|fetch\(|https?:\/\/(?!\$)/);
    expect(page).toContain("default-src 'none'");
  });

  it("has the styles and the script whole, each in one element", () => {
    for (const [element, text] of [
      ["style", pageStyles()],
      ["script", filterScript()],
    ] as const) {
      expect(page.split(`<${element}>`)).toHaveLength(2);
      expect(page.split(`</${element}>`)).toHaveLength(2);
      expect(page).toContain(`<${element}>\n${text}</${element}>`);
      expect(text.length).toBeGreaterThan(500);
    }
  });

  it("has a tile and a card for every check", () => {
    expect(page.match(/class="tile /g)).toHaveLength(sampleReport.results.length);
    expect(page.match(/<details class="card /g)).toHaveLength(sampleReport.results.length);
  });

  it("opens what failed, with clause, both sides, the wire and the reproducer", () => {
    const card = page.slice(page.indexOf('<details class="card fail"'), page.indexOf('<details class="card error"'));
    expect(card).toContain(" open>");
    expect(card).toContain("A command&#39;s stream has exactly one end");
    expect(card).toContain("<ins>");
    expect(card).toMatch(/aria-label="\d+ bytes in 2 chunks over 20 ms, ended by RST"/);
    expect(card).toContain("rxsandbox conformance replay cases/execd.command-stream.one-end/case.json");
  });

  it("links every clause that failed to its section of the protocol", () => {
    const cards = page.split('<details class="card ').slice(1);
    const failed = cards.filter((card) => /^(?:fail|warn|flaky)"/.test(card));
    const url = "https://github.com/rxsandbox/rxsandbox/blob/main/docs/protocol/divergences.md#X03";
    expect(failed.length).toBeGreaterThan(1);
    expect(failed[0]).toContain(
      `<h4>X03/second-end <cite><a href="${url}" target="_blank" rel="noreferrer">divergences.md X03</a></cite></h4>`,
    );
    for (const card of failed) expect(card).toMatch(/<h4>[^<]*(?:<span[^<]*<\/span> )?<cite><a href="https:/);
  });

  it("escapes what a subject said", () => {
    expect(page).not.toContain("<error>");
    expect(page).toContain("&lt;error&gt; &amp; ");
  });

  it("follows the reader's choice of light or dark", () => {
    expect(page).toContain("prefers-color-scheme: dark");
  });
});
