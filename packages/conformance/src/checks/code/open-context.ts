import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { objectOf, statusOf } from "../../model/read-exchange.js";
import type { Language } from "./languages.js";

/**
 * Makes a code context that is deleted after the check. Only for a language that was seen to run: others hang
 * (`divergences.md` X28).
 */
export async function openContext(context: CheckContext, execd: Endpoint, language: Language): Promise<string> {
  const answer = await execd.call({
    method: "POST",
    path: "/code/context",
    json: { language: language.name },
    idleMs: 60_000,
    captures: [{ name: "context", from: "json:/id" }],
  });
  const { id } = objectOf(answer);
  context.must(statusOf(answer) === 200 && typeof id === "string" && id !== "", {
    clause: "execd.code.context",
    invariant: "created",
    expected: "200 with an id",
    observed: [statusOf(answer), id],
  });
  context.defer("code context", () => execd.call({ method: "DELETE", path: `/code/contexts/${String(id)}` }));
  return String(id);
}
