import type { IncomingMessage, ServerResponse } from "node:http";
import { askPeer } from "../../shared/forwarding/ask-peer.js";
import { passAnswer } from "../../shared/forwarding/pass-answer.js";
import { passBody } from "../../shared/forwarding/pass-body.js";
import { answerHeadersFromSandbox } from "./proxied-headers.js";

/** Answer of the in-sandbox proxy for a port on which no process of the sandbox listens (`execd.md` 7). */
const UNREACHABLE_TEXT = "Bad Gateway\n";

/** Where and how {@link forwardRequest} asks. */
export interface ForwardOptions {
  readonly socketPath: string;
  readonly path: string;
  /** Name and value in turn. */
  readonly headers: readonly string[];
  readonly hasBody: boolean;
  /** Headers of this server's own for the answer. */
  readonly ownHeaders: Readonly<Record<string, string>>;
  /** Answers when nothing of the sandbox listens; absent: the sandbox's own answer is passed on. */
  readonly onUnreachable?: () => void;
  /** Answers when the sandbox gave no answer that a client may get. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Passes a request on to a sandbox and its answer back, both as they arrive.
 *
 * The end of either side ends the other: a client that hangs up is seen in the sandbox, a cut answer stays cut.
 */
export function forwardRequest(request: IncomingMessage, response: ServerResponse, options: ForwardOptions): void {
  const upstream = askPeer(
    {
      socketPath: options.socketPath,
      path: options.path,
      method: request.method ?? "GET",
      // Without it Node asks for a close, the sandbox closes as soon as it has the whole body, and the empty write that
      // ends the request then meets a closed socket: an answer that has arrived would be lost to EPIPE. The agent drops
      // the socket itself.
      headers: [...options.headers, "Connection", "keep-alive"],
      agent: false,
      setHost: false,
    },
    {
      client: response,
      onAnswer(answer) {
        if (options.onUnreachable !== undefined && isUnreachableAnswer(answer)) {
          answer.resume();
          options.onUnreachable();
        } else passAnswer(answer, response, answerHeadersFromSandbox(answer, options.ownHeaders));
      },
      onFailure: (error) => options.onFailure(error),
    },
  );
  if (upstream === undefined) return;
  response.once("close", () => upstream.destroy());
  if (options.hasBody) passBody(request, upstream);
  else upstream.end();
}

function isUnreachableAnswer(answer: IncomingMessage): boolean {
  const { headers } = answer;
  return (
    answer.statusCode === 502 &&
    headers["content-length"] === String(UNREACHABLE_TEXT.length) &&
    headers["content-type"]?.startsWith("text/plain") === true
  );
}
