import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { request as httpsRequest } from "node:https";
import { type GatewayAnswer, type GatewayRequest, isAnswer } from "./alteration.js";
import type { GatewayTarget } from "./address-book.js";
import type { GatewayParts } from "./start-gateway.js";
import { forwardStream } from "./forward-stream.js";

const MAX_BODY_BYTES = 64 * 1024 * 1024;
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection", "expect"]);

/** Passes one exchange on; never rejects. */
export async function forwardExchange(parts: GatewayParts, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
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
  } catch {
    // The server is gone or broke off: so does the gateway, and the client sees a lost connection as it would without it.
    response.destroy();
  }
}

/** Whether an answer is a stream of events. */
function isStream(answer: IncomingMessage): boolean {
  return (answer.headers["content-type"] ?? "").startsWith("text/event-stream");
}

async function passOn({ alteration, book }: GatewayParts, request: GatewayRequest, answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = passedHeaders(answer);
  if (isStream(answer) && (alteration.stream ?? alteration.spell ?? alteration.streamHeaders) !== undefined) {
    response.writeHead(answer.statusCode ?? 200, alteration.streamHeaders?.(Object.fromEntries(headers), request) ?? headers.flat());
    return forwardStream(alteration, request, answer, response);
  }
  const port = /^(?:\/v1)?\/sandboxes\/[^/]+\/endpoints\/(\d+)(?:\?|$)/.exec(request.path)?.[1];
  const isEndpoint = request.part === "lifecycle" && request.method === "GET" && port !== undefined;
  if (!isEndpoint && (alteration.answer === undefined || isStream(answer) || isEndless(request))) return pipeThrough(answer, response, headers);
  let whole: GatewayAnswer = { status: answer.statusCode ?? 200, headers: Object.fromEntries(headers), body: await readWhole(answer) };
  if (!answer.complete) throw new Error("the answer was cut");
  if (isEndpoint) whole = rewriteEndpoint(whole, (endpoint) => book.rewriteEndpoint(endpoint, Number(port)));
  sendAnswer(response, await (alteration.answer?.(whole, request) ?? whole));
}

/** Answers that last until the client leaves. */
function isEndless({ part, path }: GatewayRequest): boolean {
  return part === "other" || (part === "execd" && path.startsWith("/metrics/watch"));
}

function pipeThrough(answer: IncomingMessage, response: ServerResponse, headers: readonly (readonly [string, string])[]): void {
  const length = answer.headers["content-length"];
  response.writeHead(answer.statusCode ?? 200, [...headers, ...(length === undefined ? [] : [["content-length", length] as const])].flat());
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
 * Sends a request to the server behind; the client's leaving aborts it. A kept connection that the server has closed in the
 * meantime is the gateway's own affair: the request goes out again on a new one.
 */
function send(parts: GatewayParts, target: GatewayTarget, request: GatewayRequest, incoming: IncomingMessage, response: ServerResponse, isKept = true): Promise<IncomingMessage> {
  const base = new URL(target.base);
  const isTls = base.protocol === "https:";
  const agent = isTls ? parts.agents.https : parts.agents.http;
  return new Promise((resolve, reject) => {
    const hasBody = request.body.length > 0 || incoming.headers["content-length"] !== undefined || incoming.headers["transfer-encoding"] !== undefined;
    const outgoing = (isTls ? httpsRequest : httpRequest)({
      host: base.hostname,
      port: base.port === "" ? (isTls ? 443 : 80) : Number(base.port),
      method: request.method,
      path: `${base.pathname.replace(/\/$/, "")}${request.path}`,
      headers: { ...request.headers, host: base.host, ...(hasBody ? { "content-length": String(request.body.length) } : {}) },
      agent: isKept && agent,
    });
    let isAnswered = false;
    outgoing.once("response", (answer: IncomingMessage) => {
      isAnswered = true;
      resolve(answer);
    });
    outgoing.once("error", (error) => {
      if (outgoing.reusedSocket && isKept && !isAnswered && !response.destroyed) send(parts, target, request, incoming, response, false).then(resolve, reject);
      else reject(error);
    });
    response.once("close", () => outgoing.destroy());
    outgoing.end(request.body);
  });
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

function rewriteEndpoint(answer: GatewayAnswer, rewrite: (endpoint: string) => string): GatewayAnswer {
  if (answer.status !== 200) return answer;
  const value = JSON.parse(answer.body.toString("utf8")) as { endpoint?: unknown };
  if (typeof value.endpoint !== "string") return answer;
  return { ...answer, body: Buffer.from(JSON.stringify({ ...value, endpoint: rewrite(value.endpoint) })) };
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).flatMap(([name, value]) =>
      value === undefined || HOP_BY_HOP.has(name) || name === "host" || name === "content-length" ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
    ),
  );
}

/** Header lines as they came, repeats kept, without those that each hop sets itself. */
function passedHeaders(message: IncomingMessage): readonly (readonly [string, string])[] {
  const lines: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const name = (message.rawHeaders[at] ?? "").toLowerCase();
    if (!HOP_BY_HOP.has(name) && name !== "content-length" && name !== "date") lines.push([name, message.rawHeaders[at + 1] ?? ""]);
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
