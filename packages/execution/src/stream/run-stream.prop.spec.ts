import fc from "fast-check";
import { lastValueFrom, materialize, toArray } from "rxjs";
import { describe, expect, it } from "vitest";
import type { ExecutionEvent } from "@rxsandbox/protocol";
import { isSandboxError } from "@rxsandbox/transport";
import { arbitraries, byteScript, cutInto, executionFrames, faults, type ExecutionStream } from "@rxsandbox/testkit";
import { scriptedExecd } from "../testing/scripted-execd.js";
import { asSent } from "../testing/as-sent.js";

const framing = fc.constantFrom("bare" as const, "sse" as const);
const encoded = (stream: ExecutionStream, how: "bare" | "sse"): Uint8Array =>
  executionFrames(stream.frames, { framing: how });

/** What the subscriber of a whole stream must see, told from the frames alone. */
function expectation({ frames, endIndex }: ExecutionStream): {
  readonly events: readonly ExecutionEvent[];
  readonly isError: boolean;
} {
  const end = frames[endIndex]!;
  const events = frames.slice(0, "type" in end ? endIndex + 1 : endIndex) as readonly ExecutionEvent[];
  return { events, isError: !("type" in end) };
}

async function observe(
  body: ReturnType<typeof byteScript>,
): Promise<{ readonly events: readonly ExecutionEvent[]; readonly error: unknown; readonly calls: readonly string[] }> {
  const { execution, sent } = scriptedExecd({ "POST /base/command": { body }, "DELETE /base/command": {} });
  const notifications = await lastValueFrom(execution.commands.run("x").pipe(materialize(), toArray()));
  return {
    events: notifications.flatMap((notification) => (notification.kind === "N" ? [asSent(notification.value)] : [])),
    error: notifications.find((notification) => notification.kind === "E")?.error,
    calls: sent(),
  };
}

describe("runStream", () => {
  it("for any stream, framing and chunking, emits the same events and the same end", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraries.commandStream(), framing, arbitraries.chunking(), async (stream, how, chunking) => {
        const { events, isError } = expectation(stream);
        const seen = await observe(byteScript(...cutInto(encoded(stream, how), chunking)));
        expect(seen.events).toEqual(events);
        expect(seen.error === undefined).toBe(!isError);
        if (isError)
          expect(["execution-failed", "execution-timed-out", "invalid-state"]).toContain(
            isSandboxError(seen.error) && seen.error.code,
          );
      }),
      { numRuns: 1000 },
    );
  });

  it("for any stream cut anywhere, cleanly or not, either succeeds with exactly its events or errors after a prefix of them", async () => {
    const ends = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        arbitraries.commandStream(),
        framing,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (stream, how, fraction, isReset) => {
          const whole = encoded(stream, how);
          const at = Math.floor(fraction * whole.length);
          const body = isReset ? faults.reset(byteScript(whole), at) : faults.cut(byteScript(whole), at);
          const { events } = expectation(stream);
          const seen = await observe(body);
          expect(events.slice(0, seen.events.length)).toEqual(seen.events);
          if (seen.error === undefined) expect(seen.events).toEqual(events);
          else expect(isSandboxError(seen.error)).toBe(true);
          const kind = isSandboxError(seen.error) ? seen.error.code : "success";
          ends.set(kind, (ends.get(kind) ?? 0) + 1);
        },
      ),
      { numRuns: 1500 },
    );
    for (const kind of ["success", "stream-truncated", "network"]) expect(ends.get(kind) ?? 0).toBeGreaterThan(20);
  });

  it("for any bytes, errors by type or ends truthfully", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), async (chunks) => {
        const seen = await observe(byteScript(...chunks));
        if (seen.error !== undefined) expect(isSandboxError(seen.error)).toBe(true);
        else expect(["error", "execution_complete"]).toContain(seen.events.at(-1)?.type);
      }),
      { numRuns: 1000 },
    );
  });
});
