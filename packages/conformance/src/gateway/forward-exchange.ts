import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { guardedAnswer, UnpassableAnswerError } from "./answer-guard.js";
import { type GatewayAnswer, type GatewayRequest, isAnswer } from "./alteration.js";
import type { GatewayTarget } from "./address-book.js";
import type { GatewayParts } from "./start-gateway.js";
import { forwardStream } from "./forward-stream.js";

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "proxy-connection",
  "expect",
]);

/**
 * Passes one exchange on; never rejects. What the server answered and no client can get becomes 502 with the reason as
 * text.
 */
export async function forwardExchange(
  parts: GatewayParts,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A client that left while a piece is written has nobody to tell.
  response.on("error", () => response.destroy());
  try {
    const target = parts.book.locate(incoming.url ?? "/");
    if (target === undefined) return void response.writeHead(404).end();
    const { socket } = incoming;
    const nthOnConnection = (parts.requestsOn.get(socket) ?? 0) + 1;
    parts.requestsOn.set(socket, nthOnConnection);
    const asked: GatewayRequest = {
      part: target.part,
      method: incoming.method ?? "GET",
      path: target.path,
      headers: plainHeaders(incoming),
      body: await readWhole(incoming),
      nthOnConnection,
    };
    const changed = (await parts.alteration.request?.(asked)) ?? asked;
    if (isAnswer(changed)) return sendAnswer(response, changed);
    const answer = await send(parts, target, changed, incoming, response);
    await passOn(parts, changed, answer, response);
  } catch (error) {
    if (error instanceof UnpassableAnswerError && !response.headersSent && !response.destroyed)
      return refuse(response, error);
    // The server is gone or broke off: so does the gateway, and the client sees a lost connection as it would without
    // it.
    response.destroy();
  }
}

function refuse(response: ServerResponse, { message }: UnpassableAnswerError): void {
  response.writeHead(502, { "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end(`The gateway cannot pass on what the server answered: ${message}.`);
}

/** Whether an answer is a stream of events. */
function isStream(answer: IncomingMessage): boolean {
  return (answer.headers["content-type"] ?? "").startsWith("text/event-stream");
}

async function passOn(
  { alteration, book }: GatewayParts,
  request: GatewayRequest,
  answer: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = passedHeaders(answer);
  if (isStream(answer) && (alteration.stream ?? alteration.spell ?? alteration.streamHeaders) !== undefined) {
    response.writeHead(
      answer.statusCode ?? 200,
      alteration.streamHeaders?.(Object.fromEntries(headers), request) ?? headers.flat(),
    );
    return forwardStream(alteration, request, answer, response);
  }
  const port = /^(?:\/v1)?\/sandboxes\/[^/]+\/endpoints\/(\d+)(?:\?|$)/.exec(request.path)?.[1];
  const isEndpoint = request.part === "lifecycle" && request.method === "GET" && port !== undefined;
  if (!isEndpoint && (alteration.answer === undefined || isStream(answer) || isEndless(request)))
    return pipeThrough(answer, response, headers);
  let whole: GatewayAnswer = {
    status: answer.statusCode ?? 200,
    headers: Object.fromEntries(headers),
    body: await readWhole(answer),
  };
  if (!answer.complete) throw new Error("the answer was cut");
  if (isEndpoint) whole = rewriteEndpoint(whole, (endpoint) => book.rewriteEndpoint(endpoint, Number(port)));
  sendAnswer(response, await (alteration.answer?.(whole, request) ?? whole));
}

/** Answers that last until the client leaves. */
function isEndless({ part, path }: GatewayRequest): boolean {
  return part === "other" || (part === "execd" && path.startsWith("/metrics/watch"));
}

function pipeThrough(
  answer: IncomingMessage,
  response: ServerResponse,
  headers: readonly (readonly [string, string])[],
): void {
  const length = answer.headers["content-length"];
  response.writeHead(
    answer.statusCode ?? 200,
    [...headers, ...(length === undefined ? [] : [["content-length", length] as const])].flat(),
  );
  response.flushHeaders();
  answer.on("data", (chunk: Buffer) => {
    if (response.write(chunk)) return;
    answer.pause();
    response.once("drain", () => answer.resume());
  });
  answer.on("end", () => response.end());
  answer.on("close", () => {
    if (!answer.complete) response.destroy();
  });
}

/**
 * Sends a request to the server behind; the client's leaving aborts it. A kept connection that the server has closed in
 * the meantime is the gateway's own affair: the request goes out again on a new one.
 */
async function send(
  parts: GatewayParts,
  target: GatewayTarget,
  request: GatewayRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  isKept = true,
): Promise<IncomingMessage> {
  const base = new URL(target.base);
  const isTls = base.protocol === "https:";
  const agent = isTls ? parts.agents.https : parts.agents.http;
  const hasBody =
    request.body.length > 0 ||
    incoming.headers["content-length"] !== undefined ||
    incoming.headers["transfer-encoding"] !== undefined;
  const outgoing = (isTls ? httpsRequest : httpRequest)({
    host: base.hostname,
    port: base.port === "" ? (isTls ? 443 : 80) : Number(base.port),
    method: request.method,
    path: `${base.pathname.replace(/\/$/, "")}${request.path}`,
    headers: {
      ...request.headers,
      host: base.host,
      ...(hasBody ? { "content-length": String(request.body.length) } : {}),
    },
    agent: isKept && agent,
  });
  response.once("close", () => outgoing.destroy());
  const answered = guardedAnswer(outgoing);
  outgoing.end(request.body);
  return answered.catch((error: unknown) => {
    if (isKept && outgoing.reusedSocket && isLost(error) && !response.destroyed)
      return send(parts, target, request, incoming, response, false);
    throw error;
  });
}

/** Whether a connection ended without any answer. */
function isLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}

function sendAnswer(response: ServerResponse, { status, headers, body, announcedBytes }: GatewayAnswer): void {
  if (announcedBytes !== undefined) {
    response.writeHead(status, { ...headers, "content-length": String(announcedBytes), connection: "close" });
    return void response.write(body, () => response.destroy());
  }
  const isBodiless = status === 204 || status === 304;
  response.writeHead(status, { ...headers, ...(isBodiless ? {} : { "content-length": String(body.length) }) });
  response.end(isBodiless ? undefined : body);
}

/** An answer that holds no endpoint is left to the client to judge. */
function rewriteEndpoint(answer: GatewayAnswer, rewrite: (endpoint: string) => string): GatewayAnswer {
  if (answer.status !== 200) return answer;
  try {
    const value = JSON.parse(answer.body.toString("utf8")) as { endpoint?: unknown } | null;
    if (typeof value?.endpoint !== "string") return answer;
    return { ...answer, body: Buffer.from(JSON.stringify({ ...value, endpoint: rewrite(value.endpoint) })) };
  } catch {
    return answer;
  }
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) =>
      value === undefined || HOP_BY_HOP.has(name) || name === "host" || name === "content-length"
        ? []
        : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

/** Header lines as they came, repeats kept, without those that each hop sets itself. */
function passedHeaders(message: IncomingMessage): readonly (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const name = (message.rawHeaders[at] ?? "").toLowerCase();
    if (!HOP_BY_HOP.has(name) && name !== "content-length" && name !== "date")
      lines.push([name, message.rawHeaders[at + 1] ?? ""]);
  }
  return lines;
}

async function readWhole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error("a body of more than 64 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
