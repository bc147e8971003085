import { CommandsAdapter, createExecdClient } from "@alibaba-group/opensandbox/internal";
import type { RuleFunctions } from "@rxsandbox/conformance";

const baseUrl = "http://sdk.invalid";
const encoder = new TextEncoder();

/**
 * The event parser and the exit-code inference of the official SDK, as rules: its own adapter reads a scripted body.
 *
 * The SDK tells events only. Neither envelopes nor malformed frames nor the kind of the ending can be seen from
 * outside, so every body that it reads without an exception is given as `complete`.
 */
export const officialRules: Required<Pick<RuleFunctions, "decode" | "infer">> = {
  decode: async (chunks, end) => {
    const items: { readonly event: Readonly<Record<string, unknown>> }[] = [];
    try {
      for await (const event of reading(bodyOf(chunks, end)).runStream("x"))
        items.push({ event: event as unknown as Readonly<Record<string, unknown>> });
      return { items, ended: "complete" };
    } catch {
      // What the SDK throws when the body breaks: the events before it are kept.
      return { items, ended: "error" };
    }
  },
  infer: async ({ error, complete }) => {
    const frames = [
      { type: "init", text: "c" },
      ...(error === null
        ? []
        : [{ type: "error", error: { ename: error.name, evalue: error.value, traceback: error.traceback } }]),
      ...(complete === null ? [] : [{ type: "execution_complete", execution_time: complete.executionTimeMs }]),
    ];
    const body = bodyOf([encoder.encode(frames.map((frame) => `${JSON.stringify(frame)}\n\n`).join(""))], "eof");
    return (await reading(body).run("x")).exitCode ?? null;
  },
};

/** The SDK's own adapter, whose only request is answered with a body. */
function reading(body: ReadableStream<Uint8Array>): CommandsAdapter {
  const answer = async (): Promise<Response> =>
    new Response(body, { headers: { "content-type": "text/event-stream" } });
  return new CommandsAdapter(createExecdClient({ baseUrl, fetch: answer }), { baseUrl, fetch: answer });
}

function bodyOf(chunks: readonly Uint8Array[], end: "eof" | "cut"): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull: (controller) => {
      const chunk = chunks[next++];
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (end === "eof") controller.close();
      else controller.error(new TypeError("terminated"));
    },
  });
}
