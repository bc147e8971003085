import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allChecks } from "../all-checks.js";
import type { Alteration, StreamFrame } from "../../gateway/alteration.js";
import { throughGateway } from "../../gateway/through-gateway.js";
import { finalReport } from "../../engine/run/final-report.js";
import { type EmbeddedSubject, embeddedSubject } from "../../proof/embedded-subject.js";

/**
 * A daemon that loses the output of every second run of code in a context, as a real one does now and then
 * (`measured.md` 2.3). It counts by context: checks run side by side, and no check may see two losses in a row only
 * because another ran in between.
 */
function losing(): { readonly alteration: Alteration; readonly lost: () => number } {
  const runs = new Map<string, number>();
  let lost = 0;
  const withoutOutput = async function* (frames: AsyncIterable<StreamFrame>): AsyncIterable<StreamFrame> {
    for await (const frame of frames) {
      if ("event" in frame && frame.event["type"] === "stdout") lost++;
      else yield frame;
    }
  };
  const alteration: Alteration = {
    stream(frames, { path, body }) {
      if (path !== "/code" || !body.includes(" * ")) return undefined;
      const text = body.toString("utf8");
      const context = /"id":"([^"]+)"/.exec(text)?.[1] ?? text;
      const count = (runs.get(context) ?? 0) + 1;
      runs.set(context, count);
      return count % 2 === 0 ? withoutOutput(frames) : undefined;
    },
  };
  return { alteration, lost: () => lost };
}

describe("the checks of code", () => {
  let server: EmbeddedSubject;
  beforeAll(async () => {
    server = await embeddedSubject();
  });
  afterAll(() => server.close());

  it("blame nobody for an output that is lost now and then", async () => {
    const { alteration, lost } = losing();
    const checks = allChecks.filter(({ id }) => /^execd\/code\/(end|error|lost-runs)$/.test(id));
    const report = await throughGateway(server.subject, alteration, (subject) =>
      finalReport(subject, { checks, seed: 4, depth: "quick" }),
    );
    expect(report.results.map(({ check, verdict }) => `${check} ${verdict.status}`)).toEqual(
      checks.map(({ id }) => `${id} pass`),
    );
    expect(lost()).toBeGreaterThan(3);
  }, 60_000);
});
