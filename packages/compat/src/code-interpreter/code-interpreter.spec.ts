import { executionFrames } from "@rxsandbox/testkit";
import { describe, expect, it } from "vitest";
import { InvalidArgumentException } from "../errors/exceptions.js";
import { eventLines, recordedFetch } from "../testing/recorded-fetch.js";
import { scriptedSandbox } from "../testing/scripted-sandbox.js";
import {
  CodeInterpreter,
  DefaultAdapterFactory,
  SupportedLanguages,
  type AdapterFactory,
  type Codes,
} from "./index.js";

const init = { type: "init", id: "k", timestamp: 1 } as const;
const result = { type: "result", results: { text: "4" }, timestamp: 2 } as const;
const complete = { type: "execution_complete", executionTimeMs: 4, timestamp: 3 } as const;
const context = { id: "k", language: "python" };

async function interpreter(routes: Parameters<typeof scriptedSandbox>[0]) {
  const { sandbox, transport, sent } = await scriptedSandbox(routes);
  const { codes } = await CodeInterpreter.create(sandbox);
  return { sandbox, codes, transport, sent };
}

describe("CodeInterpreter", () => {
  it("has the sandbox's own services, and hands its factory the daemon's address", async () => {
    const { sandbox } = await scriptedSandbox();
    const asked: unknown[] = [];
    const codes = {} as Codes;
    const adapterFactory: AdapterFactory = { createCodes: (opts) => (asked.push(opts), codes) };
    const made = await CodeInterpreter.create(sandbox, { adapterFactory });
    expect(asked).toEqual([
      { sandbox, execdBaseUrl: "http://box.test/s", endpointHeaders: { "x-execd-access-token": "EXECD-TOKEN" } },
    ]);
    expect([made.id, made.codes, made.files, made.commands, made.metrics]).toEqual([
      "s",
      codes,
      sandbox.files,
      sandbox.commands,
      sandbox.metrics,
    ]);
  });

  it("manages contexts", async () => {
    const { codes, sent } = await interpreter({
      "POST /s/code/context": { json: { ...context, cwd: "/w" } },
      "GET /s/code/contexts/k": { json: context },
      "GET /s/code/contexts": { json: [context] },
      "DELETE /s/code/contexts/k": {},
      "DELETE /s/code/contexts": {},
      "DELETE /s/code": {},
    });
    expect(await codes.createContext(SupportedLanguages.PYTHON)).toEqual(context);
    expect(await codes.getContext("k")).toEqual(context);
    expect(await codes.listContexts("python")).toEqual([context]);
    await codes.deleteContext("k");
    await codes.deleteContexts("python");
    await codes.interrupt("k");
    expect(sent().slice(-6)).toEqual([
      "POST /s/code/context",
      "GET /s/code/contexts/k",
      "GET /s/code/contexts",
      "DELETE /s/code/contexts/k",
      "DELETE /s/code/contexts",
      "DELETE /s/code",
    ]);
  });

  it("runs in a context, in a language, or in python, and gives everything but an exit code", async () => {
    const { codes, transport } = await interpreter({
      "POST /s/code": { body: executionFrames([init, complete, result]) },
    });
    const seen: unknown[] = [];
    const execution = await codes.run("2 + 2", { context, handlers: { onResult: ({ text }) => void seen.push(text) } });
    expect(execution).toMatchObject({ id: "k", result: [{ text: "4" }], complete: { executionTimeMs: 4 } });
    expect(execution).not.toHaveProperty("exitCode");
    expect(seen).toEqual(["4"]);
    await codes.run("1", { language: "go" });
    await codes.run("1");
    const types: string[] = [];
    for await (const { type } of codes.runStream({ code: "1", context: { language: "bash" } })) types.push(type);
    expect(types).toEqual(["init", "execution_complete", "result"]);
    expect(transport.calls("POST /s/code").map((request) => (request.json() as { context: unknown }).context)).toEqual([
      context,
      { language: "go" },
      { language: "python" },
      { language: "bash" },
    ]);
  });

  it("rejects for a lost run, a busy context and an aborted one", async () => {
    const { codes, transport } = await interpreter({ "POST /s/code": { body: executionFrames([init]) } });
    await expect(codes.run("1")).rejects.toMatchObject({ error: { code: "STREAM_TRUNCATED" } });
    transport.route("POST /s/code", {
      status: 500,
      json: { code: "RUNTIME_ERROR", message: "error running codes session is busy" },
    });
    await expect(codes.run("1", { context })).rejects.toMatchObject({
      message: expect.stringContaining("busy") as string,
    });
    await expect(codes.run("1", { signal: AbortSignal.abort(new Error("mine")) })).rejects.toThrow("mine");
  });

  it.each<[string, (codes: Codes) => Promise<unknown>]>([
    ["contextId cannot be empty", (codes) => codes.getContext(" ")],
    ["contextId cannot be empty", (codes) => codes.deleteContext("")],
    ["Code cannot be empty", (codes) => codes.run(" ")],
    [
      "Provide either opts.context or opts.language, not both",
      (codes) => codes.run("1", { context, language: "python" }),
    ],
  ])("refuses with %j and sends nothing", async (message, act) => {
    const { codes, sent } = await interpreter({});
    const before = sent().length;
    const error: unknown = await act(codes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidArgumentException);
    expect(error).toMatchObject({ message });
    expect(sent()).toHaveLength(before);
  });
});

describe("DefaultAdapterFactory (code interpreter)", () => {
  it("sends through the fetch of a fake sandbox", async () => {
    const { fetch, calls } = recordedFetch({
      "POST /code": eventLines(
        { type: "init", text: "k", timestamp: 1 },
        { type: "stdout", text: "hello", timestamp: 2 },
        { type: "execution_complete", execution_time: 2, timestamp: 3 },
      ),
    });
    const sandbox = { connectionConfig: { headers: { "x-global": "g" }, fetch, sseFetch: fetch } };
    const codes = new DefaultAdapterFactory().createCodes({
      sandbox: sandbox as never,
      execdBaseUrl: "http://box.test:3456",
      endpointHeaders: { "x-endpoint": "e" },
    });
    expect((await codes.run("print('hello')")).logs.stdout[0]?.text).toBe("hello");
    expect(calls).toMatchObject([
      {
        url: "http://box.test:3456/code",
        headers: { "x-global": "g", "x-endpoint": "e", accept: "text/event-stream" },
      },
    ]);
  });
});
