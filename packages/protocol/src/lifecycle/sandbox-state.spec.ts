import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canReach,
  isKnownState,
  isTerminalState,
  isTransitionalState,
  nextStates,
  type KnownSandboxState,
} from "./sandbox-state.js";

const known: readonly KnownSandboxState[] = [
  "Pending",
  "Allocated",
  "Running",
  "Pausing",
  "Paused",
  "Resuming",
  "Stopping",
  "Terminated",
  "Failed",
  "Unknown",
];
const state = fc.oneof(
  fc.constantFrom<string>(...known),
  fc.string(),
  fc.constantFrom("running", "constructor", "__proto__"),
);

describe("nextStates", () => {
  it.each([
    ["Pending", "Running"],
    ["Running", "Pausing"],
    ["Pausing", "Paused"],
    ["Paused", "Resuming"],
    ["Resuming", "Running"],
    ["Running", "Stopping"],
    ["Paused", "Stopping"],
    ["Stopping", "Terminated"],
    ["Pending", "Failed"],
    ["Running", "Failed"],
    ["Paused", "Failed"],
    ["Resuming", "Failed"],
  ])("leads from %s to %s as specified", (from, to) => {
    expect(nextStates(from)).toContain(to);
  });

  it("leads nowhere from an end and never back to the beginning", () => {
    expect(nextStates("Terminated")).toEqual([]);
    expect(nextStates("Failed")).toEqual([]);
    for (const from of known.filter((name) => name !== "Unknown")) expect(nextStates(from)).not.toContain("Pending");
  });

  it("rules nothing out after a state that it does not know", () => {
    for (const from of ["Unknown", "Hibernating", "running", "constructor"])
      expect(new Set(nextStates(from))).toEqual(new Set(known));
  });
});

describe("canReach", () => {
  it("sees through states that polling missed", () => {
    expect(canReach("Running", "Paused")).toBe(true);
    expect(canReach("Paused", "Running")).toBe(true);
    expect(canReach("Pending", "Terminated")).toBe(true);
  });

  it("finds nothing after an end, and no way back to Pending", () => {
    expect(canReach("Failed", "Running")).toBe(false);
    expect(canReach("Terminated", "Failed")).toBe(false);
    expect(canReach("Terminated", "Hibernating")).toBe(false);
    expect(canReach("Running", "Pending")).toBe(false);
    expect(canReach("Stopping", "Running")).toBe(false);
  });

  it("for any states, contains every direct step and is reflexive and transitive among known ones", () => {
    fc.assert(
      fc.property(state, state, state, (a, b, c) => {
        expect(canReach(a, a)).toBe(true);
        for (const next of nextStates(a)) expect(canReach(a, next)).toBe(true);
        const isMeaningful = [a, b, c].every((name) => isKnownState(name) && name !== "Unknown");
        if (isMeaningful && canReach(a, b) && canReach(b, c)) expect(canReach(a, c)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("isKnownState, isTerminalState, isTransitionalState", () => {
  it("know the names of the protocol, exactly", () => {
    for (const name of known) expect(isKnownState(name)).toBe(true);
    for (const name of ["running", "", "toString", "Hibernating"]) expect(isKnownState(name)).toBe(false);
  });

  it("for any state, at most one of terminal and transitional holds, and only the two ends are terminal", () => {
    fc.assert(
      fc.property(state, (name) => {
        expect(isTerminalState(name) && isTransitionalState(name)).toBe(false);
        expect(isTerminalState(name)).toBe(["Terminated", "Failed"].includes(name));
        expect(isTerminalState(name)).toBe(nextStates(name).length === 0);
        expect(isTransitionalState(name)).toBe(
          ["Pending", "Allocated", "Pausing", "Resuming", "Stopping"].includes(name),
        );
      }),
      { numRuns: 1000 },
    );
  });
});
