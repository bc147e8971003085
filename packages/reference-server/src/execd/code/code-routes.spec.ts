import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecdConfig } from "../../shared/execd-config.js";
import { rawHttp } from "../../testing/raw-http.js";
import { type Execd, startExecd } from "../start-execd.js";

type Frame = Readonly<Record<string, unknown>> & { readonly type?: string; readonly text?: string };

interface Target {
  readonly id?: string;
  readonly language: string;
}

/** Whether the machine has a program: what needs one that it has not says so in its name and does not run. */
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

describe("code routes", () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rx-code-")));
  let execd: Execd;
  let base: string;

  const start = (options: Partial<Pick<ExecdConfig, "faults" | "resultTextKey">> = {}): Promise<Execd> =>
    startExecd({
      listen: { host: "127.0.0.1", port: 0 },
      home: root,
      workingDirectory: root,
      env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LANG: "C.UTF-8", HOME: root, TMPDIR: join(root, "tmp") },
      // An answer of `/code` with a tail would not end.
      tailMs: 600_000,
      pollMs: 100,
      pingMs: 3000,
      framing: "bare",
      roots: [root],
      faults: [],
      ...options,
    });

  beforeAll(async () => {
    execd = await start();
    base = `http://127.0.0.1:${execd.port}`;
  });

  afterAll(async () => {
    await execd.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function call(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const answer = await fetch(`${base}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: answer.status, text: await answer.text() };
  }

  async function createContext(language: string): Promise<Target> {
    const { status, text } = await call("POST", "/code/context", { language });
    expect(status).toBe(200);
    return { id: (JSON.parse(text) as { readonly id: string }).id, language };
  }

  async function run(context: Target | undefined, code: string): Promise<readonly Frame[]> {
    const { text } = await call("POST", "/code", { ...(context !== undefined && { context }), code });
    const frames = text.split("\n\n").filter((frame) => frame !== "");
    return frames.map((frame) => JSON.parse(frame) as Frame).filter(({ type }) => type !== "ping");
  }

  const output = (frames: readonly Frame[], type: "stdout" | "stderr"): string =>
    frames.map((frame) => (frame.type === type ? frame.text : "")).join("");
  const without = (frames: readonly Frame[]): readonly unknown[] =>
    frames.map(({ type }) => type).filter((type) => type !== "stdout" && type !== "stderr");

  /**
   * Code by language: keeps and tells a state, fails by its own name, writes to both outputs, and does not end by
   * itself.
   */
  const languages = [
    {
      language: "javascript",
      program: "node",
      keep: "const kept = 40",
      tell: "kept + 2",
      text: "42",
      unset: "kept",
      fail: "nope()",
      error: "ReferenceError",
      both: "console.log('out'); console.error('err')",
      endless: "console.log('on'); for (;;) {}",
      printing: "for (;;) console.log('on')",
    },
    {
      language: "python",
      program: "python3",
      keep: "kept = 40",
      tell: "kept + 2",
      text: "42",
      unset: "kept",
      fail: "nope",
      error: "NameError",
      both: "import sys\nprint('out')\nprint('err', file=sys.stderr)",
      endless: "import time\nprint('on')\nwhile True: time.sleep(0.05)",
      printing: "while True: print('on')",
    },
    {
      language: "bash",
      program: "bash",
      keep: "kept=40",
      tell: "echo $((kept + 2))",
      text: undefined,
      unset: 'test -n "$kept"',
      fail: "(exit 7)",
      error: "CommandExecError",
      both: "echo out; echo err > /dev/stderr",
      endless: "echo on; while :; do sleep 0.05; done",
      printing: "while :; do echo on; done",
    },
  ] as const;

  for (const { language, program, keep, tell, text, unset, fail, error, both, endless } of languages)
    describe.skipIf(!has(program))(`for ${language}, where ${program} is there,`, () => {
      it("keep state in a context and not across contexts", async () => {
        const [one, other] = [await createContext(language), await createContext(language)];
        expect(without(await run(one, keep))).toEqual(["init", "execution_complete"]);
        const told = await run(one, tell);
        if (text === undefined) expect(output(told, "stdout")).toBe("42\n");
        else
          expect(told.slice(1, 3)).toMatchObject([
            { type: "execution_count", execution_count: 2 },
            { type: "result", results: { text } },
          ]);
        expect(without(await run(other, unset))).toContain("error");
      });

      it("tell an error with its status, and the completion after it", async () => {
        const frames = await run(await createContext(language), fail);
        expect(without(frames)).toEqual(["init", "status", "error", "execution_complete"]);
        expect(frames.find(({ type }) => type === "error")).toMatchObject({
          error: { ename: error, traceback: expect.arrayContaining([expect.any(String)]) },
        });
      });

      it("keep both outputs apart, as chunks with their line ends", async () => {
        const frames = await run(await createContext(language), both);
        expect([output(frames, "stdout"), output(frames, "stderr")]).toEqual(["out\n", "err\n"]);
      });

      it("refuse a second run meanwhile, end on an interrupt by the context's id, and go on", async () => {
        const context = await createContext(language);
        await run(context, keep);
        const response = await fetch(`${base}/code`, {
          method: "POST",
          body: JSON.stringify({ context, code: endless }),
        });
        let body = "";
        const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
        while (!body.includes('"on')) body += (await reader.read()).value ?? "";
        expect(await run(context, tell)).toMatchObject([
          { type: "init", text: context.id },
          { code: "RUNTIME_ERROR", message: "error running codes session is busy" },
        ]);
        expect((await call("DELETE", `/code?id=${context.id}`)).status).toBe(200);
        for (let step = await reader.read(); !step.done; step = await reader.read()) body += step.value;
        expect(body).toContain('"type":"error"');
        // An interrupt of a kernel that is idle does nothing.
        expect((await call("DELETE", `/command?id=${context.id}`)).status).toBe(200);
        const told = await run(context, tell);
        expect(text === undefined ? output(told, "stdout") : told.find(({ type }) => type === "result")).toEqual(
          text === undefined ? "42\n" : expect.objectContaining({ results: { text } }),
        );
      });
    });

  for (const { language, program, both, printing } of languages)
    it.skipIf(!has(program))(
      `print on in ${language}, where ${program} is there, after interrupts in the middle of an output`,
      async () => {
        const context = await createContext(language);
        for (let round = 0; round < 10; round += 1) {
          const response = await fetch(`${base}/code`, {
            method: "POST",
            body: JSON.stringify({ context, code: printing }),
          });
          expect((await call("DELETE", `/code?id=${context.id}`)).status).toBe(200);
          expect(await response.text()).toContain('"type":"error"');
          expect(output(await run(context, both), "stdout")).toBe("out\n");
        }
      },
    );

  it.skipIf(!has("python3"))(
    "end code, where python3 is there, whose interrupt comes with its first frame",
    async () => {
      const context = await createContext("python");
      for (let round = 0; round < 5; round += 1) {
        const response = await fetch(`${base}/code`, {
          method: "POST",
          body: JSON.stringify({ context, code: "import time\nwhile True: time.sleep(1)" }),
        });
        expect((await call("DELETE", `/code?id=${context.id}`)).status).toBe(200);
        expect(await response.text()).toContain("KeyboardInterrupt");
      }
    },
  );

  it("run code without context in the default context of its language, which is listed", async () => {
    const first = await run({ language: "javascript" }, "globalThis.n = 7");
    expect(await run({ language: "javascript" }, "n")).toContainEqual(
      expect.objectContaining({ results: { text: "7" } }),
    );
    const listed = JSON.parse((await call("GET", "/code/contexts?language=javascript")).text) as readonly Target[];
    expect(listed).toContainEqual({ id: first[0]?.text, language: "javascript" });
    expect((await call("DELETE", "/code/contexts?language=javascript")).status).toBe(200);
    expect(await call("GET", "/code/contexts?language=javascript")).toEqual({ status: 200, text: "[]" });
    expect((await run({ language: "javascript" }, "typeof n")).find(({ type }) => type === "result")).toMatchObject({
      results: { text: "'undefined'" },
    });
  });

  it("make the working directory of a context and refuse one outside", async () => {
    const inside = await call("POST", "/code/context", { language: "javascript", cwd: join(root, "a/b") });
    const context = JSON.parse(inside.text) as Target;
    expect(context).toEqual({ id: context.id, language: "javascript", cwd: join(root, "a/b") });
    expect(await run(context, "process.cwd()")).toContainEqual(
      expect.objectContaining({ results: { text: `'${join(root, "a/b")}'` } }),
    );
    expect(await call("POST", "/code/context", { language: "javascript", cwd: "/elsewhere" })).toMatchObject({
      status: 500,
      text: expect.stringContaining("outside the sandbox"),
    });
  });

  it("tell apart what was deleted, unknown and without kernel", async () => {
    const context = await createContext("javascript");
    expect(await call("GET", `/code/contexts/${context.id}`)).toEqual({ status: 200, text: JSON.stringify(context) });
    expect((await call("DELETE", `/code/contexts/${context.id}`)).status).toBe(200);
    expect((await call("DELETE", `/code/contexts/${context.id}`)).status).toBe(404);
    expect(await run(context, "1")).toEqual([
      { code: "RUNTIME_ERROR", message: "error running codes context not found" },
    ]);
    expect(await call("POST", "/code/context", { language: "cobol" })).toMatchObject({
      status: 500,
      text: expect.stringContaining("no kernel found for language: cobol"),
    });
    expect(await call("POST", "/code/context", {})).toMatchObject({
      status: 400,
      text: expect.stringContaining("'Language'"),
    });
    expect(await run({ language: "cobol" }, "1")).toMatchObject([
      { message: "error running codes unknown language: cobol" },
    ]);
    expect((await call("DELETE", "/code?id=nope")).status).toBe(500);
  });

  it("tell the end of a kernel that exits, and start it again without its state", async () => {
    const context = await createContext("javascript");
    expect((await run(context, "globalThis.n = 1; process.exit(3)")).at(-1)).toEqual({
      code: "RUNTIME_ERROR",
      message: "error running codes kernel died: exit status 3",
    });
    expect(await run(context, "typeof n")).toContainEqual(
      expect.objectContaining({ results: { text: "'undefined'" } }),
    );
  });

  it("await at the top level, keep declarations, and leave errors of timers to stderr", async () => {
    const context = await createContext("javascript");
    expect(
      await run(context, "const later = await new Promise((resolve) => setTimeout(resolve, 5, 'x')); later"),
    ).toContainEqual(expect.objectContaining({ results: { text: "'x'" } }));
    const frames = await run(
      context,
      "setTimeout(() => { throw new Error('stray') }, 1); await new Promise((resolve) => setTimeout(resolve, 30)); later",
    );
    expect(output(frames, "stderr")).toContain("stray");
    expect(frames).toContainEqual(expect.objectContaining({ results: { text: "'x'" } }));
  });

  it.skipIf(!has("python3"))(
    "give results by MIME type, where python3 is there and where Python's objects offer them",
    async () => {
      const context = await createContext("python");
      const code = "class Html:\n  def __repr__(self): return 'plain'\n  def _repr_html_(self): return '<b>'\nHtml()";
      expect(await run(context, code)).toContainEqual(
        expect.objectContaining({ results: { text: "plain", "text/html": "<b>" } }),
      );
      expect(await run(context, "import asyncio\nawait asyncio.sleep(0, 5)")).toContainEqual(
        expect.objectContaining({ results: { text: "5" } }),
      );
      expect(
        (await run(context, "def f():\n  raise ValueError(3)\nf()")).find(({ type }) => type === "error"),
      ).toMatchObject({
        error: {
          ename: "ValueError",
          evalue: "3",
          traceback: [
            expect.any(String),
            expect.stringContaining("in <module>"),
            expect.stringContaining("in f"),
            "ValueError: 3",
          ],
        },
      });
    },
  );

  it("run a shell command where no language is given, without a tail", async () => {
    expect((await run(undefined, "echo shell; exit 2")).map(({ type, text }) => text ?? type)).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      "shell",
      "error",
    ]);
  });

  it("key plain text by its media type where they are told to", async () => {
    const written = await start({ resultTextKey: "text/plain" });
    const answer = await fetch(`http://127.0.0.1:${written.port}/code`, {
      method: "POST",
      body: JSON.stringify({ context: { language: "javascript" }, code: "6 * 7" }),
    });
    const text = await answer.text();
    await written.close();
    expect(text).toContain('"results":{"text/plain":"42"}');
  });

  it("tell results after the completion under the fault of that name", async () => {
    const faulty = await start({ faults: ["code-results-after-complete"] });
    const answer = await fetch(`http://127.0.0.1:${faulty.port}/code`, {
      method: "POST",
      body: JSON.stringify({ context: { language: "javascript" }, code: "1 + 1" }),
    });
    const types = [...(await answer.text()).matchAll(/"type":"(\w+)"/g)]
      .map((match) => match[1])
      .filter((type) => type !== "ping");
    await faulty.close();
    expect(types).toEqual(["init", "execution_complete", "execution_count", "result"]);
  });

  it("are lost after init behind the own proxy under the fault of that name, and leave their context busy for a while", async () => {
    const faulty = await start({ faults: ["proxied-run-lost"] });
    const post = async (path: string, code: string, connection = "keep-alive"): Promise<string> => {
      const body = JSON.stringify({ context: { language: "javascript" }, code });
      const { text } = await rawHttp(`127.0.0.1:${faulty.port}`, {
        method: "POST",
        path,
        body,
        headers: { Connection: connection },
      });
      return [...text.matchAll(/"(?:type|message)":"([\w ]+)"/g)]
        .map(([, found]) => found)
        .filter((found) => found !== "ping")
        .join();
    };
    const whole = "init,execution_count,result,execution_complete";
    expect(await post("/code", "var runs = 0; runs")).toBe(whole);
    let lostAt = 0;
    const loseAndAsk = async (): Promise<string> => {
      lostAt = performance.now();
      return `${await post("/proxy/44772/code", "runs += 1")} then ${await post("/code", "runs")}`;
    };
    // Repeated, since a slow machine may ask when the context is free again.
    await expect.poll(loseAndAsk).toBe("init then init,error running codes session is busy");
    await expect.poll(() => post("/code", "if (runs === 0) throw 1; 1")).toBe(whole);
    expect(performance.now() - lostAt).toBeGreaterThan(140);
    expect(await post("/proxy/44772/code", "runs", "close")).toBe(whole);
    await faulty.close();
  });
});
