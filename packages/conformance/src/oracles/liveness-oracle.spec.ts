import { describe, expect, it } from "vitest";
import { judgeLiveness } from "./liveness-oracle.js";

describe("judgeLiveness", () => {
  it("passes pings every three seconds, output instead of pings, and short streams", () => {
    expect(judgeLiveness([0, 3000, 6100, 9000])).toEqual([]);
    expect(judgeLiveness([0, 6900, 13_000], 19_000)).toEqual([]);
    expect(judgeLiveness([])).toEqual([]);
  });

  it("warns of more than seven seconds in silence, also before an end that has no frame", () => {
    expect(judgeLiveness([0, 1000, 9000])).toEqual([
      {
        clause: "X04",
        invariant: "ping",
        level: "SHOULD",
        expected: "a frame within 7000 ms",
        observed: "8000 ms without one",
        at: "frame 2",
      },
    ]);
    expect(judgeLiveness([0], 8000)).toHaveLength(1);
  });
});
