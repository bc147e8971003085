import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { NoAnswer } from "../../model/outcome.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import { type EventRun, eventRun, linesOf } from "../event-run.js";

/** Opens a session that is deleted after the check. */
export async function openSession(
  context: CheckContext,
  execd: Endpoint,
  json: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const answer = await execd.call({
    method: "POST",
    path: "/session",
    json,
    captures: [{ name: "session", from: "json:/session_id" }],
  });
  const id = objectOf(answer)["session_id"];
  context.must(statusOf(answer) === 200 && typeof id === "string" && id !== "", {
    clause: "execd.session.create",
    invariant: "created",
    expected: "200 with a session_id",
    observed: [statusOf(answer), id],
  });
  context.defer("session", () => execd.call({ method: "DELETE", path: `/session/${String(id)}` }));
  return String(id);
}

/** Runs one command in a session. The check of lost runs judges a run that is lost. */
export async function sessionRun(
  execd: Endpoint,
  id: string,
  json: Readonly<Record<string, unknown>>,
  connection?: string,
): Promise<EventRun> {
  const run = await eventRun(execd, `/session/${id}/run`, json, {
    toEndOfBody: true,
    ...(connection === undefined ? {} : { connection }),
  });
  if (run.end === undefined && run.exchange.end === "complete" && connection === undefined)
    throw new NoAnswer("connection-lost", `POST /session/${id}/run: the stream has no end`);
  return run;
}

/** The lines that a command in a session prints. */
export async function sessionLines(execd: Endpoint, id: string, command: string): Promise<string> {
  return linesOf(await sessionRun(execd, id, { command }), "stdout").join("\n");
}
