import { lastValueFrom, toArray } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byteScript, faults, type RouteScript } from "@rxsandbox/testkit";
import { scriptedFiles } from "../testing/scripted-files.js";
import { SERVED_MODIFIED, servedFile } from "../testing/served-file.js";

const content = Uint8Array.from({ length: 100 }, (_, index) => index);
const route = "GET /files/download";

async function read(
  script: RouteScript,
  options: { readonly range?: string; readonly maxResumes?: number; readonly offset?: number } = {},
) {
  const { files, transport } = scriptedFiles({ [route]: script });
  const outcome = await lastValueFrom(files.readBytes("/f", options)).catch((error: unknown) => error);
  return {
    outcome,
    ranges: transport.calls(route).map(({ headers }) => headers["range"]),
    ends: transport.calls(route).map(({ end }) => end),
  };
}

describe("fileParts", () => {
  it("goes on at the byte reached after it has seen that the file is the same", async () => {
    const { outcome, ranges, ends } = await read(servedFile({ content, cuts: [40, 25] }));
    expect(outcome).toEqual(content);
    expect(ranges).toEqual([undefined, undefined, "bytes=40-99", undefined, "bytes=65-99"]);
    // The body of a look at the head is not read.
    expect(ends).toEqual(["failed", "aborted", "failed", "aborted", "complete"]);
  });

  it("takes a body that ends early for a cut, however cleanly it ends", async () => {
    expect((await read(servedFile({ content, cuts: [99], fault: faults.cut }))).outcome).toEqual(content);
  });

  it("goes on within a range, by the date of the answer", async () => {
    const { outcome, ranges } = await read(servedFile({ content, cuts: [5] }), { range: "bytes=-30" });
    expect(outcome).toEqual(content.subarray(70));
    expect(ranges).toEqual(["bytes=-30", undefined, "bytes=75-99"]);
  });

  it.each([
    [
      "another date",
      { content, lastModified: (call: number) => (call === 0 ? SERVED_MODIFIED : "Mon, 23 Nov 2026 07:03:16 GMT") },
      {},
    ],
    ["another length", { content: (call: number) => (call === 0 ? content : content.subarray(1)) }, {}],
    [
      "a length that changes after the look",
      { content: (call: number) => (call < 2 ? content : content.subarray(0, 90)) },
      {},
    ],
    [
      "a date after the range was answered",
      { content, lastModified: "Mon, 23 Nov 2026 07:05:54 GMT" },
      { range: "bytes=0-" },
    ],
  ])("errors with what it is when the file has %s", async (_what, file, options) => {
    const { outcome } = await read(servedFile({ ...file, cuts: [40] }), options);
    expect(outcome).toMatchObject({
      name: "FileChangedError",
      code: "conflict",
      path: "/f",
      loadedBytes: 40,
      cause: { code: "network" },
    });
  });

  it("errors as any read does when the file is gone meanwhile", async () => {
    const served = servedFile({ content, cuts: [40] }) as (...given: unknown[]) => never;
    const { outcome } = await read((request, call) =>
      call === 0 ? served(request, call) : { status: 404, json: { code: "FILE_NOT_FOUND", message: "gone" } },
    );
    expect(outcome).toMatchObject({ code: "not-found", serverCode: "FILE_NOT_FOUND" });
  });

  it("errors with the cut where nothing tells which file it was", async () => {
    const body = faults.reset(byteScript(content), 40);
    for (const headers of [{ "content-length": "100" }, { "last-modified": SERVED_MODIFIED }]) {
      const { outcome, ranges } = await read({ headers: headers as Record<string, string>, body });
      expect(outcome).toMatchObject({ code: "network" });
      expect(ranges).toEqual([undefined]);
    }
  });

  it("resumes neither lines nor more often than maxResumes", async () => {
    expect((await read(servedFile({ content, cuts: [1] }), { offset: 1 })).outcome).toMatchObject({ code: "network" });
    expect((await read(servedFile({ content, cuts: [1] }), { maxResumes: 0 })).outcome).toMatchObject({
      code: "network",
    });
    expect((await read(servedFile({ content, cuts: [1, 1, 1] }), { maxResumes: 2 })).outcome).toMatchObject({
      code: "network",
    });
    expect((await read(servedFile({ content, cuts: [1, 1, 1] }), { maxResumes: 3 })).outcome).toEqual(content);
  });

  it("is complete once all bytes are there, whatever happens to the connection then", async () => {
    expect((await read(servedFile({ content, cuts: [100] }))).outcome).toEqual(content);
  });

  it.each([
    ["a whole file for a range", { headers: { "content-length": "100" }, body: content }],
    ["another range", { status: 206, headers: { "content-range": "bytes 4-9/100" }, body: content.subarray(4, 10) }],
    [
      "more than the range",
      { status: 206, headers: { "content-range": "bytes 5-10/100" }, body: content.subarray(5, 11) },
    ],
    [
      "a range that cannot be read",
      { status: 206, headers: { "content-range": "lines 5-9" }, body: content.subarray(5, 10) },
    ],
    ["a length that no file has", { headers: { "content-length": "9223372036854775807" } }],
  ])("refuses %s", async (_what, answer) => {
    expect((await read(answer, { range: "bytes=5-9" })).outcome).toMatchObject({ code: "protocol" });
  });

  it("believes a range whose place the platform hides", async () => {
    expect(
      (
        await read(
          { status: 206, headers: { "content-length": "5" }, body: content.subarray(5, 10) },
          { range: "bytes=5-9" },
        )
      ).outcome,
    ).toEqual(content.subarray(5, 10));
  });

  it("gives a refused range its meaning, however short its body is", async () => {
    const body = faults.reset(byteScript('{"code":"UNKNOWN"}'), 18);
    expect(
      (await read({ status: 416, headers: { "content-length": "27" }, body }, { range: "bytes=5-9" })).outcome,
    ).toMatchObject({ code: "limit-exceeded", status: 416, serverCode: "UNKNOWN" });
  });

  it("sends nothing before subscribe, and a second subscriber reads the file once more", async () => {
    const { files, transport } = scriptedFiles({ [route]: servedFile({ content }) });
    const reading = files.readBytesStream("/f");
    expect(transport.requests).toHaveLength(0);
    await lastValueFrom(reading);
    expect((await lastValueFrom(reading.pipe(toArray()))).flatMap((chunk) => [...chunk])).toEqual([...content]);
    expect(transport.requests).toHaveLength(2);
  });

  it("stops whatever is under way when it is left", async () => {
    const { files, transport } = scriptedFiles({ [route]: servedFile({ content, cuts: [40], fault: faults.stall }) });
    const reading = files.readBytesStream("/f").subscribe();
    await vi.waitFor(() => expect(transport.active()).toBe(1));
    reading.unsubscribe();
    expect(transport.active()).toBe(0);
  });
});

describe("fileParts between two tries that brought nothing", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("waits longer each time", async () => {
    const { files, transport } = scriptedFiles({ [route]: servedFile({ content, cuts: [10, 0, 0, 0] }) });
    const done = lastValueFrom(files.readBytes("/f"));
    await vi.advanceTimersByTimeAsync(0);
    const seen = transport.requests.length;
    expect(seen).toBeLessThan(8);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await done).toEqual(content);
    expect(transport.requests).toHaveLength(9);
  });
});

describe("fileParts, asked to come back later", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  function readFrom(retryAfterSeconds: number) {
    const served = servedFile({ content, cuts: [40] }) as (...given: unknown[]) => never;
    const busy = { status: 503, headers: { "retry-after": String(retryAfterSeconds) } };
    const { files, transport } = scriptedFiles({
      [route]: (request, call) => (call === 1 ? busy : served(request, call === 0 ? 0 : call - 1)),
    });
    return {
      sent: () => transport.calls(route).length,
      outcome: lastValueFrom(files.readBytes("/f")).catch((error: unknown) => error),
    };
  }

  it.each([7, 60])("waits the %d s that a server wants", async (seconds) => {
    const { sent, outcome } = readFrom(seconds);
    await vi.advanceTimersByTimeAsync(1000 * seconds - 1);
    expect(sent()).toBe(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toBeGreaterThan(2);
    expect(await outcome).toEqual(content);
  });

  it("gives up at once when that is more than a minute", async () => {
    const { sent, outcome } = readFrom(61);
    expect(await outcome).toMatchObject({ code: "unavailable", retryAfterSeconds: 61 });
    expect(sent()).toBe(2);
  });
});
