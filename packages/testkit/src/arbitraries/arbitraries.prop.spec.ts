import { evaluateEgress, fromWireEvent, mergeEgressRules, toWireEvent } from "@rxsandbox/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraries } from "./arbitraries.js";
import { cutInto } from "./chunking.js";

const many = { numRuns: 1000 };

describe("arbitraries", () => {
  it("for any event, its wire form is JSON that reads back as the event", () => {
    fc.assert(
      fc.property(arbitraries.executionEvent("line"), (event) => {
        expect(
          fromWireEvent(JSON.parse(JSON.stringify(toWireEvent(event))) as Record<string, unknown>, "line"),
        ).toEqual(event);
      }),
      many,
    );
  });

  it("for any stream, init is first and once, and the end is where it is said to be", () => {
    fc.assert(
      fc.property(
        fc.oneof(arbitraries.commandStream(), arbitraries.sessionStream(), arbitraries.codeStream()),
        ({ frames, endIndex }) => {
          const kinds = frames.map((frame) => ("type" in frame ? frame.type : "envelope"));
          expect(kinds.indexOf("init")).toBe(0);
          expect(kinds.lastIndexOf("init")).toBe(0);
          expect(["error", "execution_complete", "envelope"]).toContain(kinds[endIndex]);
          expect(
            kinds.slice(0, endIndex).some((kind) => ["error", "execution_complete", "envelope"].includes(kind)),
          ).toBe(false);
          if (kinds.includes("envelope")) expect(kinds.indexOf("envelope")).toBe(kinds.length - 1);
        },
      ),
      many,
    );
  });

  it("for any command or session stream, only pings follow the end, and sessions have no stderr", () => {
    fc.assert(
      fc.property(arbitraries.commandStream(), arbitraries.sessionStream(), (command, session) => {
        for (const frame of command.frames.slice(command.endIndex + 1)) expect(frame).toMatchObject({ type: "ping" });
        expect(session.endIndex).toBe(session.frames.length - 1);
        expect(session.frames).not.toContainEqual(expect.objectContaining({ type: "stderr" }));
      }),
      many,
    );
  });

  it("for any chunking, the chunks joined are the bytes and none is empty", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), arbitraries.chunking(), (bytes, how) => {
        const chunks = cutInto(bytes, how);
        expect(chunks.flatMap((chunk) => [...chunk])).toEqual([...bytes]);
        if (bytes.length > 0) expect(Math.min(...chunks.map((chunk) => chunk.length))).toBeGreaterThan(0);
      }),
      many,
    );
  });

  it("for any policy, rule and name, the rules of egress apply without error", () => {
    fc.assert(
      fc.property(
        arbitraries.egressPolicy(),
        arbitraries.egressRule(),
        arbitraries.hostName(),
        (policy, rule, name) => {
          expect(["allow", "deny"]).toContain(evaluateEgress(mergeEgressRules(policy, [rule]), name));
        },
      ),
      many,
    );
  });

  it("for any sandbox, ids and times are what a server writes", () => {
    fc.assert(
      fc.property(arbitraries.wireSandbox(), (sandbox) => {
        expect(Number.isNaN(Date.parse(sandbox.createdAt))).toBe(false);
        expect(sandbox.id).toMatch(/^[0-9a-f-]{36}$/);
        expect(sandbox.status.state).not.toBe("");
      }),
      many,
    );
  });
});
