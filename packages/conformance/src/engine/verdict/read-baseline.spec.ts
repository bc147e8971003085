import { describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { readCatalogue } from "../../model/read-catalogue.js";
import { readBaseline, shippedBaselines } from "./read-baseline.js";

describe("readBaseline", () => {
  it.each(shippedBaselines)("reads %s, whose entries name checks and clauses that exist", (name) => {
    const { entries } = readBaseline(name);
    const { clauses } = readCatalogue();
    expect(entries.length).toBeGreaterThan(0);
    for (const { check, reason } of entries) {
      expect(allChecks.map(({ id }) => id)).toContain(check);
      expect(clauses.get(reason.split("/")[0] ?? "")?.level).toBe("MUST");
    }
  });

  it("refuses what is no baseline", () => {
    for (const path of ["nothing", new URL("../../../package.json", import.meta.url).pathname])
      expect(() => readBaseline(path)).toThrow(expect.objectContaining({ argument: "baseline" }));
  });
});
