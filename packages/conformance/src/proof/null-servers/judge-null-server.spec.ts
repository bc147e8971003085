import { describe, expect, it } from "vitest";
import { allChecks } from "../../checks/all-checks.js";
import { judgeNullServer, passedMusts } from "./judge-null-server.js";
import { nullServers } from "./null-servers.js";

/** The others wait for watchdogs; `npm run self-proof` tries them. */
const QUICK = new Set(["always-200", "accept-and-close", "echo", "random-bytes"]);

describe("judgeNullServer", () => {
  it.each(nullServers().filter(({ id }) => QUICK.has(id)))(
    "passes no MUST check where $title",
    async (nothing) => {
      const reports = await judgeNullServer(nothing, allChecks, 3);
      expect(passedMusts(reports)).toEqual([]);
      for (const { conclusion, results } of reports) {
        expect(conclusion.outcome).not.toBe("conformant");
        expect(results.filter(({ verdict }) => verdict.status === "error")).toEqual([]);
      }
    },
    60_000,
  );
});
