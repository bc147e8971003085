import { BENCH_COMMAND_ID } from "./command-stream.js";
import { emptyAnswer, jsonAnswer } from "./json-answer.js";

/**
 * The answers of a running sandbox by method and path. Its ports are named by their number below `ports`, or, where its
 * daemon is reached at its root, by nothing.
 */
export function cannedAnswers(id: string, ports: string, daemon = "/proxy/44772"): ReadonlyMap<string, Buffer> {
  const base = `/v1/sandboxes/${id}`;
  const info = runningSandbox(id);
  const address = (port: number): string => (daemon === "" ? ports : `${ports}/${port}`);
  return new Map([
    [`GET ${base}`, jsonAnswer(info)],
    [`POST ${base}/renew-expiration`, jsonAnswer({ expiresAt: info.expiresAt })],
    [`DELETE ${base}`, emptyAnswer("204 No Content")],
    [`GET ${base}/endpoints/44772`, jsonAnswer({ endpoint: address(44772) })],
    [`GET ${base}/endpoints/18080`, jsonAnswer({ endpoint: address(18080) })],
    [`GET ${daemon}/ping`, emptyAnswer()],
    [`DELETE ${daemon}/command`, emptyAnswer()],
    // A background command that runs and prints nothing (`execd.md` 3.2).
    [`GET ${daemon}/command/status/${BENCH_COMMAND_ID}`, jsonAnswer({ id: BENCH_COMMAND_ID, running: true })],
    [`GET ${daemon}/command/${BENCH_COMMAND_ID}/logs`, emptyAnswer("200 OK", "EXECD-COMMANDS-TAIL-CURSOR: 0\r\n")],
  ]);
}

/** The answer to a create. */
export function createdAnswer(id: string): Buffer {
  return jsonAnswer(runningSandbox(id), "202 Accepted");
}

function runningSandbox(id: string) {
  return {
    id,
    image: { uri: "python:3.11" },
    status: {
      state: "Running",
      reason: "CONTAINER_RUNNING",
      message: "Sandbox is running.",
      lastTransitionAt: "2026-11-23T02:03:37.325529Z",
    },
    metadata: { team: "ml", project: "demo" },
    entrypoint: ["tail", "-f", "/dev/null"],
    expiresAt: "2026-11-23T02:13:37.325529Z",
    createdAt: "2026-11-23T02:03:37.325529Z",
  };
}
