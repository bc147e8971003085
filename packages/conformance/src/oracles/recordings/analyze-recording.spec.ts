import { describe, expect, it } from "vitest";
import { analyzeRecording } from "./analyze-recording.js";
import { damaged, damages } from "./damage.js";
import type { RecordedStep, Recording } from "./recording.js";

const frame = (type: string, fields: object = {}): string =>
  `${JSON.stringify({ type, timestamp: 1_767_225_600_000, ...fields })}\n\n`;
const [init, out, complete] = [
  frame("init", { text: "c1" }),
  frame("stdout", { text: "a" }),
  frame("execution_complete"),
];
const exit3 = frame("error", { error: { ename: "CommandExecError", evalue: "3", traceback: ["exit status 3"] } });

function stream(
  body: string | readonly (readonly [tMs: number, text: string])[],
  {
    path = "/command",
    request = {},
    end = "eof",
    endTMs = 10,
  }: { readonly path?: string; readonly request?: object; readonly end?: string; readonly endTMs?: number } = {},
): RecordedStep {
  const pieces = typeof body === "string" ? ([[1, body]] as const) : body;
  const chunks = pieces.map(([tMs, text]) => ({ tMs, b64: Buffer.from(text).toString("base64") }));
  return {
    request: { method: "POST", path, body: JSON.stringify({ command: "x", ...request }) },
    response: { status: 200, headers: { "content-type": "text/event-stream" }, chunks, end, endTMs },
  };
}

function json(method: string, path: string, body: unknown, answer: unknown, status = 200): RecordedStep {
  return {
    request: { method, path, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    response: { status, headers: {} },
    decoded: [answer],
  };
}

function reasons(...steps: readonly RecordedStep[]): readonly string[] {
  return analyzeRecording({ id: "r", steps }).findings.map(
    ({ clause, invariant, level, at }) => `${clause}/${invariant} ${level} ${at}`,
  );
}

describe("analyzeRecording", () => {
  it("takes the facts of every stream, by its route", () => {
    const { streams } = analyzeRecording({
      id: "r",
      steps: [stream(init + out + complete), stream(init + exit3, { path: "/session/s/run" })],
    });
    expect(streams).toEqual({
      "step 1": {
        id: "c1",
        frames: "init, stdout, execution_complete",
        stdout: ["a"],
        stderr: [],
        exit: { kind: "known", code: 0 },
        failure: null,
      },
      "step 2": {
        id: "c1",
        frames: "init, error",
        stdout: [],
        stderr: [],
        exit: { kind: "known", code: 3 },
        failure: { ename: "CommandExecError", evalue: "3", traceback: ["exit status 3"] },
      },
    });
  });

  it("judges each kind of stream by its own rules", () => {
    expect(reasons(stream(init + out + complete, { request: { background: true } }))).toEqual([
      "execd.background.started/background-output MUST step 1, frame 2",
    ]);
    expect(reasons(stream(init + complete + out))).toEqual(["X03/frame-after-end MUST step 1, frame 3"]);
    expect(
      reasons(stream(init + complete + out, { path: "/code", request: { context: { language: "python" } } })),
    ).toEqual([]);
    expect(reasons(stream(init + complete + out, { path: "/code", request: { code: "x" } }))).toHaveLength(1);
    expect(reasons(stream(init, { path: "/v1/sandboxes/s/proxy/44772/command" }))).toEqual(["X03/no-end MUST step 1"]);
    expect(reasons(stream("{}", { path: "/metrics/watch" }))).toEqual([]);
  });

  it("says nothing of the end where the recorder hung up, and nothing at all of a body that was not kept", () => {
    expect(reasons(stream(init + out, { end: "client" }))).toEqual([]);
    const kept = stream(init);
    const abbreviated: RecordedStep = {
      ...kept,
      response: { ...kept.response, chunks: [...(kept.response?.chunks ?? []), { tMs: 2 }] },
    };
    expect(analyzeRecording({ id: "r", steps: [abbreviated] })).toEqual({
      id: "r",
      streams: {},
      abbreviated: ["step 1"],
      findings: [],
    });
    expect(
      analyzeRecording({ id: "r", steps: [{ ...kept, response: { ...kept.response, omittedChunks: 3 } }] }).abbreviated,
    ).toEqual(["step 1"]);
  });

  it("warns of silence by the times of the chunks, not in the tail", () => {
    expect(
      reasons(
        stream([
          [0, init],
          [9000, complete],
        ]),
      ),
    ).toEqual(["X04/ping SHOULD step 1, frame 1"]);
    expect(reasons(stream([[0, init + complete]], { endTMs: 20_000 }))).toEqual([]);
    expect(reasons(stream([[0, init]], { end: "client", endTMs: 20_000 }))).toEqual([
      "X04/ping SHOULD step 1, frame 1",
    ]);
  });

  it("asks stream and status to agree once the command has finished", () => {
    const status = (fields: object): RecordedStep =>
      json("GET", "/command/status/c1", undefined, { id: "c1", ...fields });
    expect(reasons(stream(init + exit3), status({ running: false, exit_code: 3 }), status({ running: true }))).toEqual(
      [],
    );
    expect(reasons(stream(init + exit3), status({ running: false, exit_code: 0 }))).toEqual([
      "execd.status.foreground/status-agrees MUST step 2",
    ]);
  });

  it("joins the pages of a log by their cursors, where the whole log is there to compare", () => {
    const log = (query: string, text: string, next: string): RecordedStep => ({
      request: { method: "GET", path: `/command/c1/logs${query}` },
      response: {
        status: 200,
        headers: { "execd-commands-tail-cursor": next },
        chunks: text === "" ? [] : [{ tMs: 1, b64: Buffer.from(text).toString("base64") }],
      },
    });
    expect(
      reasons(
        log("", "a\n", "2"),
        log("?cursor=0", "a\n", "2"),
        log("?cursor=2", "b\n", "4"),
        log("?cursor=4", "", "4"),
        log("", "a\nb\n", "4"),
      ),
    ).toEqual([]);
    expect(reasons(log("", "a\n", "2"), log("?cursor=2", "a\nb\n", "4"), log("", "a\nb\n", "4"))).toContain(
      "execd.background.cursor/pages-joined MUST step 1 to 3",
    );
    expect(
      reasons(log("", "a\n", "2"), log("?cursor=2", "\n", "4"), log("?cursor=4", "", "4"), log("", "a\nb\n", "4")),
    ).toEqual(["execd.background.cursor/pages-joined MUST step 1 to 4"]);
    // Nothing to compare with.
    expect(reasons(log("", "a\n", "2"), log("?cursor=2", "zzz", "4"))).toEqual([]);
  });

  it("follows policies, each by its address", () => {
    const rule = (target: string): object => ({ action: "allow", target });
    const get = (egress: readonly object[] | null, path = "/policy"): RecordedStep =>
      json("GET", path, undefined, { policy: { defaultAction: "deny", egress } });
    const patch = (body: unknown, status = 200): RecordedStep => json("PATCH", "/policy", body, {}, status);
    expect(
      reasons(get(null), patch([rule("a")]), get([rule("a")]), json("DELETE", "/policy", ["A"], {}), get([])),
    ).toEqual([]);
    expect(reasons(get(null), patch([rule("a")]), get(null))).toEqual(["egress.patch.order/rules MUST step 3"]);
    expect(reasons(get([rule("a")]), json("DELETE", "/policy", ["a"], {}), get([rule("a")]))).toEqual([
      "egress.remove.rules/rules MUST step 3",
    ]);
    expect(reasons(get(null), patch([rule("a")], 400), get(null))).toEqual([]);
    expect(reasons(get(null), get([rule("a")]))).toEqual(["egress.patch.keeps-rest/rules MUST step 2"]);
    expect(reasons(get(null), get([rule("a")], "/other/policy"))).toEqual([]);
    // Outside the domain of the model nothing is claimed.
    expect(reasons(get(null), patch([rule(" a ")]), get([rule("a")]))).toEqual([]);
    expect(reasons(get(null), json("POST", "/policy", {}, {}), get([rule("a")]))).toEqual([]);
    expect(reasons(get(null), patch([rule("a")], 500), get([rule("a")]))).toEqual([]);
  });
});

describe("damaged", () => {
  const recording: Recording = { id: "r", steps: [stream(init + out + complete)] };
  const known = analyzeRecording(recording).streams;

  it.each(damages)("%s: the analysis is red", (how) => {
    const broken = damaged(recording, 0, how, 40);
    expect(broken).toBeDefined();
    expect(analyzeRecording(broken ?? recording, known).findings).not.toEqual([]);
    expect(analyzeRecording(recording, known).findings).toEqual([]);
  });

  it("breaks nothing where there is nothing of the kind", () => {
    expect(damaged({ id: "r", steps: [stream(init + out, { end: "client" })] }, 0, "end dropped", 0)).toBeUndefined();
    expect(damaged({ id: "r", steps: [stream(init + complete)] }, 0, "stream swapped", 0)).toBeUndefined();
    expect(damaged({ id: "r", steps: [json("GET", "/ping", undefined, null)] }, 0, "byte cut", 0)).toBeUndefined();
  });
});
