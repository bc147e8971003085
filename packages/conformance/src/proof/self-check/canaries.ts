import type { GatewayAnswer, GatewayRequest } from "../../gateway/alteration.js";
import type { Canary } from "./canary.js";
import { answerOnce, eventOnce, withJson } from "./plant-once.js";

const route =
  (part: GatewayRequest["part"], method: string, path: RegExp) =>
  (request: GatewayRequest): boolean =>
    request.part === part && request.method === method && path.test(request.path);

const evalue = (event: Readonly<Record<string, unknown>>): number =>
  Number((event["error"] as { readonly evalue?: string } | undefined)?.evalue);
const flipped = (answer: GatewayAnswer, at: number): GatewayAnswer => {
  const body = Buffer.from(answer.body);
  body[at] = (body[at] ?? 0) ^ 1;
  return { ...answer, body };
};

/** The faults that a self-check plants. */
export const canaries: readonly Canary[] = [
  {
    id: "exit-status-off-by-one",
    title: "one exit status is one too high",
    part: "execd",
    group: "commands",
    capability: "core",
    check: "execd/command-exit/code",
    alteration: () =>
      eventOnce(/^\/command$/, (event) =>
        event["type"] === "error" && evalue(event) > 0
          ? { ...event, error: { ...(event["error"] as object), evalue: String(evalue(event) + 1) } }
          : undefined,
      ),
  },
  {
    id: "one-line-lost",
    title: "one line of output is missing",
    part: "execd",
    group: "commands",
    capability: "core",
    check: "execd/command-output/many-lines",
    alteration: () => {
      let lines = 0;
      return eventOnce(/^\/command$/, (event) => (event["type"] === "stdout" && ++lines === 500 ? "drop" : undefined));
    },
  },
  {
    id: "status-of-failure-is-0",
    title: "one background command that failed has status 0",
    part: "execd",
    group: "commands",
    capability: "core",
    check: "execd/background/status",
    alteration: () =>
      answerOnce(route("execd", "GET", /^\/command\/status\//), (answer) =>
        withJson(answer, (json) => (Number(json["exit_code"]) > 0 ? { ...json, exit_code: 0 } : undefined)),
      ),
  },
  {
    id: "session-forgets-once",
    title: "one run of a session shows nothing of what was exported",
    part: "execd",
    group: "sessions",
    capability: "sessions",
    check: "execd/session/keeps-env",
    alteration: () =>
      eventOnce(/^\/session\/[^/]+\/run$/, (event) =>
        event["type"] === "stdout" ? { ...event, text: "||unset" } : undefined,
      ),
  },
  {
    id: "one-bit-flipped",
    title: "one bit of one download is another",
    part: "execd",
    group: "files",
    capability: "files",
    check: "execd/files-transfer/large",
    alteration: () =>
      answerOnce(route("execd", "GET", /^\/files\/download/), (answer) =>
        answer.body.length > 100_000 ? flipped(answer, 99_999) : undefined,
      ),
  },
  {
    id: "deleted-file-listed",
    title: "one file that does not exist has information",
    part: "execd",
    group: "files",
    capability: "files",
    check: "execd/files-tree/info",
    alteration: () =>
      answerOnce(route("execd", "GET", /^\/files\/info/), (answer) =>
        answer.status === 404
          ? { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("{}") }
          : undefined,
      ),
  },
  {
    id: "unknown-route-answers",
    title: "one unknown route is 200",
    part: "execd",
    group: "daemon",
    capability: "core",
    check: "execd/daemon/ping",
    alteration: () =>
      answerOnce(
        ({ part }) => part === "execd",
        (answer) => (answer.status === 404 ? { ...answer, status: 200 } : undefined),
      ),
  },
  {
    id: "rules-in-other-order",
    title: "one policy is read with its rules in reverse",
    part: "egress",
    group: "policy",
    capability: "egress",
    check: "egress/policy-patch/front-and-replace",
    alteration: () =>
      answerOnce(route("egress", "GET", /^\/policy/), (answer) =>
        withJson(answer, (json) => {
          const policy = json["policy"] as { readonly egress?: readonly unknown[] | null } | undefined;
          return (policy?.egress?.length ?? 0) < 2
            ? undefined
            : { ...json, policy: { ...policy, egress: [...(policy?.egress ?? [])].reverse() } };
        }),
      ),
  },
  {
    id: "empty-patch-accepted",
    title: "one empty patch is accepted",
    part: "egress",
    group: "policy",
    capability: "egress",
    check: "egress/policy-patch/empty",
    alteration: () =>
      answerOnce(route("egress", "PATCH", /^\/policy/), (answer) =>
        answer.status === 400 ? { ...answer, status: 200 } : undefined,
      ),
  },
  {
    id: "removal-of-nothing-accepted",
    title: "one removal of no targets is accepted",
    part: "egress",
    group: "policy",
    capability: "egress",
    check: "egress/policy-remove/empty",
    alteration: () =>
      answerOnce(route("egress", "DELETE", /^\/policy/), (answer) =>
        answer.status === 400 ? { ...answer, status: 200 } : undefined,
      ),
  },
  {
    id: "last-rule-missing",
    title: "one policy is read without its last rule",
    part: "egress",
    group: "policy",
    capability: "egress",
    check: "egress/policy-patch/keeps-rest",
    alteration: () =>
      answerOnce(route("egress", "GET", /^\/policy/), (answer) =>
        withJson(answer, (json) => {
          const policy = json["policy"] as { readonly egress?: readonly unknown[] | null } | undefined;
          return (policy?.egress?.length ?? 0) < 5
            ? undefined
            : { ...json, policy: { ...policy, egress: policy?.egress?.slice(0, -1) } };
        }),
      ),
  },
  {
    id: "unknown-sandbox-there",
    title: "one sandbox that nobody created is there",
    part: "lifecycle",
    group: "lifecycle",
    capability: "core",
    check: "lifecycle/create/reaches-running",
    alteration: () =>
      answerOnce(route("lifecycle", "GET", /^(\/v1)?\/sandboxes\/[^/]+$/), (answer) =>
        answer.status === 404
          ? {
              status: 200,
              headers: { "content-type": "application/json" },
              body: Buffer.from('{"id":"unknown","status":{"state":"Running"}}'),
            }
          : undefined,
      ),
  },
  {
    id: "delete-not-accepted",
    title: "one delete is 200 with a body",
    part: "lifecycle",
    group: "lifecycle",
    capability: "core",
    check: "lifecycle/create/delete-removes",
    alteration: () =>
      answerOnce(route("lifecycle", "DELETE", /^(\/v1)?\/sandboxes\/[^/]+$/), (answer) =>
        answer.status === 204 ? { status: 200, headers: {}, body: Buffer.from("{}") } : undefined,
      ),
  },
];
