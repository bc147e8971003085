import type { GatewayAnswer, GatewayRequest } from "../../../gateway/alteration.js";
import { always, conditional } from "../named-mutants.js";
import type { ServerMutant } from "../server-mutant.js";
import { answerJson, answers, events, execdRoute, frames, isEnd, requestJson, typeOf } from "./altering.js";

const isCode = execdRoute("POST", /^\/code$/);
const isContexts = execdRoute("GET", /^\/code\/contexts\?/);
const done: GatewayAnswer = { status: 200, headers: {}, body: Buffer.alloc(0) };

function codeOf(request: GatewayRequest): string {
  return request.body.toString("utf8");
}

interface CodeBody {
  readonly code: string;
  readonly context?: { readonly id?: string };
}

/** Changes the context in which code runs. */
function inContext(change: (id: string, code: string) => string) {
  return requestJson(isCode, (json) => {
    const { code, context } = json as unknown as CodeBody;
    return context?.id === undefined ? json : { ...json, context: { ...context, id: change(context.id, code) } };
  });
}

/** Daemons whose code contexts are wrong in one way. */
export const codeMutants: readonly ServerMutant[] = [
  always(
    "code-no-end",
    "a run of code ends its body without an end",
    "execd/code/end",
    "execd.code.end/end-before-body",
    () =>
      frames(isCode, async function* (stream, request) {
        for await (const frame of stream)
          if (!isEnd(frame) || !codeOf(request).includes(" * ") || !codeOf(request).includes('"id"')) yield frame;
      }),
  ),
  conditional(
    "code-end-after-error-only",
    "the error of a run is lost where it comes with a completion",
    "execd/code/end",
    "execd.code.end/error-wins",
    () =>
      events(isCode, (event, _nth, request) =>
        event["type"] === "error" && /raise|throw/.test(codeOf(request)) ? undefined : event,
      ),
  ),
  conditional(
    "code-second-failure-lost",
    "the second failure of a daemon is a success",
    "execd/code/end",
    "execd.code.end/error-wins",
    () => {
      const failures = new Map<string, number>();
      return events(isCode, (event, _nth, request) => {
        if (event["type"] !== "error" || !/raise|throw/.test(codeOf(request))) return event;
        const id = /"id":"([^"]+)"/.exec(codeOf(request))?.[1] ?? "";
        failures.set(id, (failures.get(id) ?? 0) + 1);
        return failures.get(id) === 2 ? undefined : event;
      });
    },
  ),
  always("code-error-without-name", "every error has the name Error", "execd/code/error", "execd.code.error/name", () =>
    events(isCode, (event) =>
      event["type"] === "error" ? { ...event, error: { ...(event["error"] as object), ename: "Error" } } : event,
    ),
  ),
  conditional(
    "code-error-ascii",
    "the text of an error loses what is not ASCII",
    "execd/code/error",
    "execd.code.error/text",
    () =>
      events(isCode, (event) =>
        event["type"] === "error" ? (JSON.parse(JSON.stringify(event).replaceAll("ü", "?")) as typeof event) : event,
      ),
  ),
  always("code-no-result", "results are never sent", "execd/code/result", "execd.code.result/missing", () =>
    events(isCode, (event) => (event["type"] === "result" ? undefined : event)),
  ),
  conditional(
    "code-result-of-before",
    "a result is the one of the run before in the context",
    "execd/code/result",
    "execd.code.result/value",
    () => {
      const last = new Map<string, unknown>();
      return events(isCode, (event, _nth, request) => {
        if (event["type"] !== "result") return event;
        const id = /"id":"([^"]+)"/.exec(codeOf(request))?.[1] ?? "";
        const before = last.get(id) ?? event["results"];
        last.set(id, event["results"]);
        return { ...event, results: before };
      });
    },
  ),
  always(
    "code-result-keyed-text",
    "plain text is keyed by a name of the daemon's own",
    "execd/code/result",
    "X07/media-type",
    () =>
      events(isCode, (event) => {
        const { "text/plain": text, ...rest } = (event["results"] ?? {}) as Readonly<Record<string, unknown>>;
        return event["type"] === "result" ? { ...event, results: { text, ...rest } } : event;
      }),
  ),
  conditional(
    "code-nothing-has-result",
    "code without a value has an empty result",
    "execd/code/result",
    "execd.code.result/none-without-value",
    () =>
      frames(isCode, async function* (stream, request) {
        for await (const frame of stream) {
          if (typeOf(frame) === "execution_complete" && /"code":"(?:pass|undefined)"/.test(codeOf(request)))
            yield { event: { type: "result", results: { "text/plain": "" } } };
          yield frame;
        }
      }),
  ),
  conditional(
    "code-shared-state",
    "contexts of a language share their variables",
    "execd/code/state",
    "execd.code.state/not-across",
    () => {
      const first = new Map<string, string>();
      return inContext((id, code) => {
        const variable = /rx_[a-z0-9]+/.exec(code)?.[0];
        if (variable === undefined) return id;
        first.set(variable, first.get(variable) ?? id);
        return first.get(variable) ?? id;
      });
    },
  ),
  conditional(
    "code-state-lost",
    "a context forgets its variables at the third run",
    "execd/code/state",
    "execd.code.state/lasts",
    () => {
      const runs = new Map<string, number>();
      return requestJson(isCode, (json) => {
        const { code, context } = json as unknown as CodeBody;
        const id = context?.id;
        if (id === undefined || !code.includes("rx_")) return json;
        runs.set(id, (runs.get(id) ?? 0) + 1);
        return runs.get(id) === 3 ? { ...json, code: code.replaceAll("rx_", "ry_") } : json;
      });
    },
  ),
  conditional(
    "code-list-without-newest",
    "the newest context is not listed",
    "execd/code/contexts",
    "execd.code.list/listed",
    () => {
      const created: string[] = [];
      return {
        ...answers(
          (request) => request.part === "execd",
          (answer, request) => {
            if (request.method === "POST" && request.path === "/code/context")
              created.push(/"id":"([^"]+)"/.exec(answer.body.toString())?.[1] ?? "");
            if (!isContexts(request)) return answer;
            const list = JSON.parse(answer.body.toString()) as readonly { readonly id: string }[];
            const newest = created.filter((id) => list.some((item) => item.id === id));
            return {
              ...answer,
              body: Buffer.from(
                JSON.stringify(newest.length < 2 ? list : list.filter(({ id }) => !newest.slice(1).includes(id))),
              ),
            };
          },
        ),
      };
    },
  ),
  conditional(
    "code-run-lost",
    "the ninth run of code on a kept connection ends after init",
    "execd/code/lost-runs",
    "X64/lost-run",
    () =>
      frames(isCode, async function* (stream, { nthOnConnection }) {
        for await (const frame of stream) {
          yield frame;
          if (nthOnConnection === 9) yield { act: "finish" };
        }
      }),
  ),
  always(
    "code-unknown-context-read",
    "an unknown context is read as an empty one",
    "execd/code/contexts",
    "execd.code.list/unknown-is-404",
    () =>
      answers(execdRoute("GET", /^\/code\/contexts\/[a-z0-9]{32}$/), (answer) =>
        answer.status === 404
          ? { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from("{}") }
          : answer,
      ),
  ),
  always(
    "code-context-of-another",
    "a context is read with another language",
    "execd/code/contexts",
    "execd.code.list/read",
    () =>
      answerJson(execdRoute("GET", /^\/code\/contexts\/./), (json) => ({
        ...json,
        ...(json["language"] === undefined ? {} : { language: "ruby" }),
      })),
  ),
  always(
    "code-delete-ignored",
    "deleting a context is answered and not done",
    "execd/code/contexts",
    "execd.code.delete/gone-is-404",
    () => ({ request: (request) => (execdRoute("DELETE", /^\/code\/contexts\/./)(request) ? done : request) }),
  ),
  conditional(
    "code-delete-again-succeeds",
    "deleting a context a second time succeeds",
    "execd/code/contexts",
    "execd.code.delete/gone-is-404",
    () => answers(execdRoute("DELETE", /^\/code\/contexts\/./), (answer) => (answer.status === 404 ? done : answer)),
  ),
  always(
    "code-contexts-are-one",
    "every context has the id of the first",
    "execd/code/state",
    "execd.code.context/own-id",
    () => {
      let first: unknown;
      return answerJson(execdRoute("POST", /^\/code\/context$/), (json) => {
        first ??= json["id"];
        return { ...json, id: first };
      });
    },
  ),
  always(
    "code-interrupt-refused",
    "an interrupt of code is refused",
    "execd/code/interrupt",
    "execd.code.interrupt/accepted",
    () => answers(execdRoute("DELETE", /^\/code\?/), (answer) => ({ ...answer, status: 501 })),
  ),
  conditional(
    "code-interrupt-is-success",
    "interrupted code ends as a success",
    "execd/code/interrupt",
    "execd.code.interrupt/no-success",
    () =>
      frames(isCode, async function* (stream, request) {
        let isDone = false;
        for await (const frame of stream) {
          if (codeOf(request).includes("never") && (typeOf(frame) === "error" || (isEnd(frame) && isDone))) continue;
          if (isEnd(frame)) isDone = true;
          yield frame;
        }
        if (codeOf(request).includes("never") && !isDone)
          yield { event: { type: "execution_complete", execution_time: 1, timestamp: Date.now() } };
      }),
  ),
];
