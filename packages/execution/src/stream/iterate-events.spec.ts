import { describe, expect, it } from "vitest";
import type { OutputEvent } from "@rxsandbox/protocol";
import { byteScript, executionFrames, liveBody } from "@rxsandbox/testkit";
import { scriptedExecd } from "../testing/scripted-execd.js";
import { asSent } from "../testing/as-sent.js";

const init = { type: "init", id: "c", timestamp: 1 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 2 } as const;
const line = (index: number): OutputEvent => ({ type: "stdout", text: `line ${index}`, unit: "line", timestamp: 1 });

async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !condition(); turn += 1) await Promise.resolve();
  expect(condition()).toBe(true);
}

describe("iterateEvents", () => {
  it("gives every event in order and ends after the terminal one", async () => {
    const events = [init, line(1), line(2), complete];
    const { execution } = scriptedExecd({ "POST /base/command": { body: executionFrames(events) } });
    const seen: unknown[] = [];
    for await (const event of execution.commands.iterate("x")) seen.push(asSent(event));
    expect(seen).toEqual(events);
  });

  it("sends nothing before the first pull and starts the command again for each loop", async () => {
    const { execution, transport } = scriptedExecd({
      "POST /base/command": { body: executionFrames([init, complete]) },
    });
    const events = execution.commands.iterate("x");
    expect(transport.requests.length).toBe(0);
    for (let loop = 0; loop < 2; loop += 1) for await (const event of events) expect(event.type).toBeDefined();
    expect(transport.requests.length).toBe(2);
  });

  it("pauses the socket at the mark and reads on when the consumer has caught up", async () => {
    const frames = [init, ...Array.from({ length: 100 }, (_, index) => line(index)), complete];
    const { execution, transport } = scriptedExecd({
      "POST /base/command": { body: byteScript(...frames.map((frame) => executionFrames([frame]))) },
    });
    const iterator = execution.commands.iterate("x", { highWaterMark: 8 })[Symbol.asyncIterator]();
    const first = await iterator.next();
    expect(first.value).toEqual(init);
    await until(() => transport.requests[0]!.isPaused);
    let count = 1;
    for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) count += 1;
    expect(count).toBe(frames.length);
  });

  it("ends the command when the loop is left", async () => {
    const body = liveBody();
    const { execution, sent } = scriptedExecd({ "POST /base/command": { live: body }, "DELETE /base/command": {} });
    body.send(executionFrames([init, line(1)]));
    for await (const event of execution.commands.iterate("x")) if (event.type === "stdout") break;
    await until(() => sent().length === 2);
    expect(sent()).toEqual(["POST /command", "DELETE /command?id=c"]);
  });

  it("rejects once with the error of the stream, after the events before it, and is then at its end", async () => {
    const { execution } = scriptedExecd({ "POST /base/command": { body: executionFrames([init]) } });
    const iterator = execution.commands.iterate("x")[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual(init);
    await expect(iterator.next()).rejects.toMatchObject({ code: "stream-truncated" });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses the mark %d at the call", (highWaterMark) => {
    expect(() => scriptedExecd({}).execution.commands.iterate("x", { highWaterMark })).toThrow(
      expect.objectContaining({ argument: "highWaterMark" }),
    );
  });
});
