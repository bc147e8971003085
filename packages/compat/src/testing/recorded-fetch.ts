/** One call of a `fetch` in memory. */
export interface RecordedCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the body was given as text, not as a `Request`. */
  readonly isPlain: boolean;
}

/** A `fetch` in memory, and what it was asked for. */
export interface RecordedFetch {
  readonly fetch: typeof fetch;
  readonly calls: RecordedCall[];
}

/** Answers by `METHOD path`; an unknown one is a 404 of the daemon's kind. */
export function recordedFetch(answers: Readonly<Record<string, () => Response>>): RecordedFetch {
  const calls: RecordedCall[] = [];
  return {
    calls,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      calls.push({
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
        isPlain: typeof input === "string",
      });
      const answer = answers[`${request.method} ${new URL(request.url).pathname}`];
      return answer === undefined
        ? Response.json({ code: "NOT_FOUND", message: "no such thing" }, { status: 404 })
        : answer();
    },
  };
}

/** An event stream with one line for each frame and nothing between them, as fakes of the official SDK have it. */
export function eventLines(...frames: readonly object[]): () => Response {
  return () =>
    new Response(frames.map((frame) => JSON.stringify(frame)).join("\n"), {
      headers: { "content-type": "text/event-stream" },
    });
}
