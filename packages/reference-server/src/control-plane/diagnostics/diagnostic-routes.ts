import type { WireDiagnosticContent } from "@rxsandbox/protocol";
import { problem } from "../http/http-problem.js";
import type {
  LifecycleAnswer,
  LifecycleCall,
  LifecycleRoute,
  LifecycleRouteParts,
} from "../lifecycle/lifecycle-routes.js";
import { readCount } from "../requests/paging.js";
import { eventsText, inspectText, logsText, summaryText } from "./diagnostic-texts.js";

const TEXT = "text/plain; charset=utf-8";
const DEPRECATED = { deprecation: "true" } as const;
const MAX_TAIL = 10_000;
const MAX_EVENTS = 500;
/** Scopes of which this server knows something; the others of the specification are empty here. */
const KEPT_SCOPES: ReadonlySet<string> = new Set(["lifecycle", "container", "all"]);

/**
 * The routes of diagnostics (`lifecycle.md` 8). With a `scope` the recorded server has nothing, whatever the sandbox
 * (`divergences.md` L24); profile `spec` answers with the content in place.
 */
export function diagnosticRoutes({
  options,
  registry,
}: Pick<LifecycleRouteParts, "options" | "registry">): readonly LifecycleRoute[] {
  const { clock, profile } = options;
  const idOf = (call: LifecycleCall): string => call.params["id"] ?? "";
  const logs = (call: LifecycleCall): string => {
    const tail = readCount(call.query, "tail", 100, MAX_TAIL);
    return logsText(registry.get(idOf(call)), { tail, since: call.query.getAll("since").at(-1), nowMs: clock.now() });
  };
  const events = (call: LifecycleCall): string => {
    readCount(call.query, "limit", 50, MAX_EVENTS);
    return eventsText(registry.get(idOf(call)));
  };
  const scoped =
    (kind: "logs" | "events", render: (call: LifecycleCall) => string) =>
    (call: LifecycleCall): LifecycleAnswer => {
      const scope = call.query.getAll("scope").at(-1);
      if (scope === undefined) return { status: 200, text: render(call), headers: DEPRECATED };
      // The recorded server's own answer, word for word: profile `opensandbox` reproduces it.
      if (profile !== "spec")
        throw problem(
          501,
          "DIAGNOSTICS_NOT_IMPLEMENTED",
          "The stable Diagnostics API is not implemented by this OpenSandbox server.",
        );
      return { status: 200, body: describe(idOf(call), kind, scope, render(call)) };
    };
  const route = (kind: string, answer: (call: LifecycleCall) => LifecycleAnswer): LifecycleRoute => ({
    path: `/sandboxes/:id/diagnostics/${kind}`,
    methods: { GET: answer },
  });
  return [
    route("logs", scoped("logs", logs)),
    route("events", scoped("events", events)),
    route("inspect", (call) => ({ status: 200, text: inspectText(registry.get(idOf(call))) })),
    route("summary", (call) => {
      const tail = readCount(call.query, "tail", 50, MAX_TAIL);
      readCount(call.query, "event_limit", 20, MAX_EVENTS);
      return { status: 200, text: summaryText(registry.get(idOf(call)), { tail, nowMs: clock.now() }) };
    }),
  ];
}

function describe(sandboxId: string, kind: "logs" | "events", scope: string, text: string): WireDiagnosticContent {
  const isKept = KEPT_SCOPES.has(scope);
  const content = isKept ? text : "";
  return {
    sandboxId,
    kind,
    scope,
    delivery: "inline",
    contentType: TEXT,
    truncated: false,
    content,
    contentLength: Buffer.byteLength(content),
    ...(isKept ? {} : { warnings: [`This server keeps no ${kind} of that scope.`] }),
  };
}
