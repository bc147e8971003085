import type { Flow, StreamPart, TransportRequest } from "@rxsandbox/transport";
import { firstValueFrom, lastValueFrom, type Observable, type Subscription } from "rxjs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { byteScript } from "../byte-script/byte-script.js";
import { faults } from "../byte-script/faults.js";
import { liveBody } from "./live-body.js";
import { createTestTransport } from "./test-transport.js";

const get = (path: string, more: Partial<TransportRequest> = {}): TransportRequest => ({
  method: "GET",
  url: `http://sandbox.test${path}`,
  headers: {},
  ...more,
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Notifications in order, chunks as text. */
function watch(parts: Observable<StreamPart>): { readonly log: string[]; readonly subscription: Subscription } {
  const log: string[] = [];
  const subscription = parts.subscribe({
    next: (part) => log.push(part.kind === "head" ? `head ${part.status}` : text(part.bytes)),
    error: (error: { readonly kind?: string; readonly message: string }) =>
      log.push(`error ${error.kind ?? error.message}`),
    complete: () => log.push("complete"),
  });
  return { log, subscription };
}

describe("createTestTransport", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("sends nothing before it is subscribed to, and once per subscriber", async () => {
    const transport = createTestTransport({ "GET /a": { json: 1 } });
    const call = transport.request(get("/a"));
    expect(transport.requests).toHaveLength(0);
    await firstValueFrom(call);
    await firstValueFrom(call);
    expect(transport.requests).toHaveLength(2);
  });

  it("answers by method and path, with parameters, wildcards, and the last match winning", async () => {
    const transport = createTestTransport({
      "GET /v1/sandboxes/:id": (request) => ({ json: { id: request.params["id"] } }),
      "POST */command": { status: 201, body: "ok" },
      "* /v1/sandboxes/special": { status: 418 },
    });
    const first = await firstValueFrom(transport.request(get("/v1/sandboxes/a%20b?x=1")));
    expect(JSON.parse(text(first.body))).toEqual({ id: "a b" });
    expect(first.headers["content-type"]).toBe("application/json");
    expect((await firstValueFrom(transport.request(get("/v1/sandboxes/special")))).status).toBe(418);
    expect((await firstValueFrom(transport.request({ ...get("/s/proxy/44772/command"), method: "POST" }))).status).toBe(
      201,
    );
    expect(transport.requests[0]?.query.get("x")).toBe("1");
    expect(transport.calls("POST */command")).toHaveLength(1);
  });

  it("gives the answers of a list in turn and repeats the last", async () => {
    const transport = createTestTransport({ "GET /a": [{ status: 503 }, { status: 200 }] });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call++) statuses.push((await firstValueFrom(transport.request(get("/a")))).status);
    expect(statuses).toEqual([503, 200, 200]);
  });

  it("names the call that has no route", async () => {
    await expect(firstValueFrom(createTestTransport().request(get("/nope")))).rejects.toThrow(
      "no route scripted for GET /nope",
    );
  });

  it("records method, headers, body and the wish for a connection of its own", async () => {
    const transport = createTestTransport({ "POST /a": {} });
    const body = JSON.stringify({ command: "ls" });
    await firstValueFrom(
      transport.request({ ...get("/a"), method: "POST", headers: { "x-a": "1" }, body, closeConnection: true }),
    );
    expect(transport.requests[0]).toMatchObject({
      method: "POST",
      headers: { "x-a": "1" },
      closeConnection: true,
      end: "complete",
      via: "request",
    });
    expect(transport.requests[0]?.json()).toEqual({ command: "ls" });
  });

  it("reads a streamed body before it answers", async () => {
    const transport = createTestTransport({ "PUT /a": {} });
    const body = (async function* () {
      yield new Uint8Array([1]);
      yield new Uint8Array([2, 3]);
    })();
    await firstValueFrom(transport.request({ ...get("/a"), method: "PUT", body }));
    expect([...(transport.requests[0]?.bodyBytes() ?? [])]).toEqual([1, 2, 3]);
  });

  it("streams head and chunks, and overwrites each chunk afterwards", async () => {
    const transport = createTestTransport({ "GET /a": { body: byteScript("one", "two") } });
    const kept: Uint8Array[] = [];
    const parts = transport.open(get("/a"));
    parts.subscribe((part) => part.kind === "chunk" && kept.push(part.bytes));
    const { log } = watch(parts);
    await vi.runAllTimersAsync();
    expect(log).toEqual(["head 200", "one", "two", "complete"]);
    expect([...(kept[0] as Uint8Array)]).toEqual([255, 255, 255]);
  });

  it("plays everything inside subscribe when it is synchronous", () => {
    const transport = createTestTransport({ "GET /a": { body: "x" } }, { sync: true });
    expect(watch(transport.open(get("/a"))).log).toEqual(["head 200", "x", "complete"]);
  });

  it("tells an abort from an end", async () => {
    const transport = createTestTransport({ "GET /a": { body: faults.stall(byteScript("x"), 1) } });
    const { log, subscription } = watch(transport.open(get("/a")));
    await vi.runAllTimersAsync();
    expect(log).toEqual(["head 200", "x"]);
    expect(transport.active()).toBe(1);
    subscription.unsubscribe();
    expect(transport.requests[0]?.end).toBe("aborted");
    expect(transport.active()).toBe(0);
  });

  it("fails below HTTP where the script says so", async () => {
    const transport = createTestTransport({
      "GET /reset": { body: faults.reset(byteScript("abcdef"), 4) },
      "GET /refused": { failure: "connect" },
    });
    const reset = watch(transport.open(get("/reset")));
    const refused = watch(transport.open(get("/refused")));
    await vi.runAllTimersAsync();
    expect(reset.log).toEqual(["head 200", "abcd", "error reset"]);
    expect(refused.log).toEqual(["error connect"]);
    await expect(firstValueFrom(transport.request(get("/refused")))).rejects.toMatchObject({
      name: "TransportFailure",
      sent: false,
    });
  });

  it("waits for the delays of the script and no longer than the caller allows", async () => {
    const transport = createTestTransport({
      "GET /late": { delayMs: 500, body: faults.delay(byteScript("ab"), 1, 1000) },
      "GET /silent": "silent",
    });
    const { log } = watch(transport.open(get("/late", { timeoutMs: 600 })));
    await vi.advanceTimersByTimeAsync(499);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(log).toEqual(["head 200", "a"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(["head 200", "a", "b", "complete"]);

    const whole = watch(transport.open(get("/late", { idleTimeoutMs: 700 })));
    const silent = watch(transport.open(get("/silent", { timeoutMs: 50 })));
    await vi.runAllTimersAsync();
    expect(whole.log).toEqual(["head 200", "a", "error timeout"]);
    expect(silent.log).toEqual(["error timeout"]);
    await Promise.all([
      expect(lastValueFrom(transport.request(get("/late", { timeoutMs: 600 })))).rejects.toMatchObject({
        kind: "timeout",
        sent: true,
      }),
      vi.runAllTimersAsync(),
    ]);
  });

  it("delivers nothing while it is paused", async () => {
    const transport = createTestTransport({ "GET /a": { body: byteScript("1", "2", "3") } });
    const seen: string[] = [];
    let flow: Flow | undefined;
    transport.open(get("/a")).subscribe((part) => {
      if (part.kind === "head") flow = part.flow;
      else seen.push(text(part.bytes));
      if (seen.length === 1) flow?.pause();
    });
    await vi.runAllTimersAsync();
    expect(seen).toEqual(["1"]);
    expect(transport.requests[0]).toMatchObject({ isPaused: true, isDetached: false, end: undefined });
    flow?.detach();
    flow?.resume();
    await vi.runAllTimersAsync();
    expect(seen).toEqual(["1", "2", "3"]);
    expect(transport.requests[0]).toMatchObject({ isPaused: false, isDetached: true, end: "complete" });
  });

  it("plays a live body as the test writes it", async () => {
    const live = liveBody();
    const transport = createTestTransport({ "GET /a": { live } });
    live.send("early");
    const { log } = watch(transport.open(get("/a")));
    await vi.runAllTimersAsync();
    expect(log).toEqual(["head 200", "early"]);
    live.send("now");
    expect(log.at(-1)).toBe("now");
    live.fail();
    expect(log.at(-1)).toBe("error reset");
  });

  it("aborts what runs when it is closed, and refuses what comes later", async () => {
    const transport = createTestTransport({ "GET /a": { live: liveBody() } });
    const { log } = watch(transport.open(get("/a")));
    await vi.runAllTimersAsync();
    await transport.close();
    expect(log).toEqual(["head 200", "error closed"]);
    expect(watch(transport.open(get("/a"))).log).toEqual(["error closed"]);
  });

  it("has no sockets unless the test gives them, and the capabilities that the test wants", () => {
    const transport = createTestTransport({}, { capabilities: { connectionClose: false } });
    expect(transport.capabilities).toEqual({ connectionClose: false, streamingUpload: true, socketHeaders: true });
    const log: string[] = [];
    transport
      .connect({ url: "ws://sandbox.test/x", headers: {} })
      .subscribe({ error: (error: { readonly kind: string }) => log.push(error.kind) });
    expect(log).toEqual(["unsupported"]);
    expect(transport.socketRequests).toHaveLength(1);
  });
});
