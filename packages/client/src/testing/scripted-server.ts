import { createTestTransport, type Answer, type RouteScript, type TestTransport } from "@rxsandbox/testkit";

/** How a scripted server behaves; times in ms. */
export interface ServerScript {
  /** Until the sandbox exists. */
  readonly createMs?: number;
  /** From then until the create's answer. */
  readonly answerMs?: number;
  /** What becomes of that answer; the sandbox exists unless it is `refused` or `unsent`. */
  readonly create?: "answered" | "lost" | "garbled" | "gateway" | "refused" | "unsent";
  /** One per ping; `ok` after the last. */
  readonly pings?: readonly ("ok" | "down" | "silent")[];
  readonly pingMs?: number;
  readonly killMs?: number;
  readonly kill?: "done" | "refused";
  readonly state?: string;
}

/** A scripted server and what is alive on it: id to create-id. */
export interface ScriptedServer {
  readonly transport: TestTransport;
  readonly alive: Map<string, string>;
  /** `METHOD path` of everything that was sent. */
  readonly sent: () => readonly string[];
}

const sandbox = (id: string, state = "Running", label?: string) => ({
  id,
  status: { state },
  createdAt: "2026-11-23T02:03:37Z",
  ...(label !== undefined && { metadata: { "rxsandbox.dev/create-id": label } }),
});

/** A server in memory: what was created stays until it is deleted, whether or not the client still listens. */
export function scriptedServer(
  script: ServerScript = {},
  routes: Readonly<Record<string, RouteScript>> = {},
): ScriptedServer {
  const {
    createMs = 0,
    answerMs = 0,
    create = "answered",
    pings = [],
    pingMs = 0,
    killMs = 0,
    kill = "done",
    state = "Running",
  } = script;
  const alive = new Map<string, string>();
  let created = 0;
  const notFound: Answer = { status: 404, json: { code: "DOCKER::SANDBOX_NOT_FOUND", message: "gone" } };
  const transport = createTestTransport({
    "POST /v1/sandboxes": (request) => {
      if (create === "unsent") return { failure: "connect", sent: false };
      if (create === "refused")
        return { status: 400, json: { code: "SANDBOX::INVALID_PARAMETER", message: "no" }, delayMs: createMs };
      created += 1;
      const id = `s${created}`;
      const label = (request.json() as { metadata: Record<string, string> }).metadata["rxsandbox.dev/create-id"] ?? "";
      if (createMs === 0) alive.set(id, label);
      else setTimeout(() => alive.set(id, label), createMs);
      const delayMs = createMs + answerMs;
      const answers: Record<typeof create, Answer> = {
        answered: { status: 202, json: sandbox(id, "Running", label), delayMs },
        lost: { failure: "reset", delayMs },
        garbled: { status: 202, body: "<html>", delayMs },
        gateway: { status: 502, body: "Bad Gateway", delayMs },
      };
      return answers[create];
    },
    "GET /v1/sandboxes": (request) => {
      const wanted = new URLSearchParams(request.query.get("metadata") ?? "").get("rxsandbox.dev/create-id");
      const items = [...alive]
        .filter(([, label]) => wanted === null || label === wanted)
        .map(([id, label]) => sandbox(id, state, label));
      return {
        json: {
          items,
          pagination: { page: 1, pageSize: 200, totalItems: items.length, totalPages: 1, hasNextPage: false },
        },
      };
    },
    "GET /v1/sandboxes/:id": ({ params: { id = "" } }) => (alive.has(id) ? { json: sandbox(id, state) } : notFound),
    "DELETE /v1/sandboxes/:id": ({ params: { id = "" } }) => {
      if (kill === "refused")
        return { status: 500, json: { code: "DOCKER::SANDBOX_QUERY_FAILED", message: "no" }, delayMs: killMs };
      // The request arrived: the kill happens even if nobody waits for the answer.
      return alive.delete(id) ? { status: 204, delayMs: killMs } : notFound;
    },
    "POST /v1/sandboxes/:id/:verb": { status: 202 },
    "GET /v1/sandboxes/:id/endpoints/:port": ({ params: { id = "", port = "" } }) => ({
      json: {
        endpoint: `box.test:1/${id}/proxy/${port}`,
        ...(port === "18080" && { headers: { "OPENSANDBOX-EGRESS-AUTH": "EGRESS-TOKEN" } }),
      },
    }),
    "GET */proxy/44772/ping": (_, call): Answer => {
      const answer = pings[call] ?? "ok";
      if (answer === "silent") return "silent";
      return answer === "ok" ? { delayMs: pingMs } : { status: 502, body: "Bad Gateway", delayMs: pingMs };
    },
    ...routes,
  });
  return { transport, alive, sent: () => transport.requests.map(({ method, path }) => `${method} ${path}`) };
}
