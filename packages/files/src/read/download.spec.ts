import { firstValueFrom, lastValueFrom } from "rxjs";
import { describe, expect, it, vi } from "vitest";
import { byteScript, liveBody, type Answer } from "@rxsandbox/testkit";
import { scriptedFiles } from "../testing/scripted-files.js";
import { servedFile } from "../testing/served-file.js";

const route = "GET /files/download";
const content = Uint8Array.from({ length: 100 }, (_, index) => index);
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe("download", () => {
  it("pauses the connection while the sink is slow, and holds no more than the mark and a chunk", async () => {
    const body = liveBody();
    const { files, transport } = scriptedFiles({ [route]: { headers: { "content-length": "100" }, live: body } });
    const open: (() => void)[] = [];
    let taken = 0;
    const sink = (bytes: Uint8Array) =>
      new Promise<void>((resolve) => open.push(() => ((taken += bytes.length), resolve())));
    const done = lastValueFrom(files.download("/f", sink, { highWaterMark: 20 }));
    await settled();
    for (let at = 0; at < 100; at += 10) body.send(content.subarray(at, at + 10));
    body.end();
    await settled();
    // One chunk at the sink, two wait, the rest is held back by the server.
    expect(transport.requests[0]?.isPaused).toBe(true);
    for (let round = 0; round < 10; round += 1) {
      open.shift()?.();
      await settled();
    }
    expect(taken).toBe(100);
    expect(await done).toEqual({ loadedBytes: 100, totalBytes: 100 });
  });

  it("closes a stream at the end", async () => {
    const written: Uint8Array[] = [];
    const close = vi.fn();
    const sink = new WritableStream<Uint8Array>({ write: (bytes) => void written.push(bytes), close });
    await lastValueFrom(scriptedFiles({ [route]: servedFile({ content }) }).files.download("/f", sink));
    expect(written.flatMap((bytes) => [...bytes])).toEqual([...content]);
    expect(close).toHaveBeenCalledOnce();
  });

  it("aborts a stream when the download fails", async () => {
    const abort = vi.fn();
    const { files } = scriptedFiles({ [route]: { status: 404, json: { code: "FILE_NOT_FOUND", message: "no" } } });
    const failure = await lastValueFrom(files.download("/f", new WritableStream({ abort }))).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: "not-found" });
    expect(abort).toHaveBeenCalledWith(failure);
  });

  it("errors with what the sink threw, and stops", async () => {
    const thrown = new Error("full");
    for (const sink of [
      () => Promise.reject(thrown),
      () => {
        throw thrown;
      },
    ]) {
      const { files, transport } = scriptedFiles({ [route]: servedFile({ content }) });
      await expect(lastValueFrom(files.download("/f", sink))).rejects.toBe(thrown);
      expect(transport.active()).toBe(0);
    }
  });

  it("stops the connection and aborts the stream when it is left", async () => {
    const abort = vi.fn();
    const { files, transport } = scriptedFiles({
      [route]: {
        headers: { "content-length": "100" },
        body: [...byteScript(content.subarray(0, 50)), { kind: "stall" }],
      } satisfies Answer,
    });
    const downloading = files.download("/f", new WritableStream({ abort })).subscribe();
    await vi.waitFor(() => expect(transport.active()).toBe(1));
    downloading.unsubscribe();
    expect(transport.active()).toBe(0);
    await settled();
    expect(abort).toHaveBeenCalledOnce();
  });

  it("says so when nobody knows the total", async () => {
    const { files } = scriptedFiles({ [route]: { body: content } });
    expect(await firstValueFrom(files.download("/f", () => undefined))).toEqual({ loadedBytes: 0, totalBytes: null });
  });

  it("starts over with each subscriber, but not with a stream that is taken", async () => {
    const { files, transport } = scriptedFiles({ [route]: servedFile({ content }) });
    const download = files.download("/f", () => undefined);
    await lastValueFrom(download);
    await lastValueFrom(download);
    expect(transport.requests).toHaveLength(2);
    const taken = new WritableStream<Uint8Array>();
    taken.getWriter();
    await expect(lastValueFrom(files.download("/f", taken))).rejects.toThrow(TypeError);
    expect(transport.requests).toHaveLength(2);
  });
});

describe("iterateBytes", () => {
  it("stops the download when the loop is left", async () => {
    const { files, transport } = scriptedFiles({ [route]: servedFile({ content }) });
    const bytes = files.iterateBytes("/f");
    expect(transport.requests).toHaveLength(0);
    for await (const chunk of bytes) {
      expect(chunk).toEqual(content.subarray(0, 16));
      break;
    }
    expect(transport.requests[0]?.end).toBe("aborted");
  });

  it("gives its error once, then its end", async () => {
    const { files } = scriptedFiles({ [route]: { failure: "reset" } });
    const iterator = files.iterateBytes("/f")[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toMatchObject({ code: "network" });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});
