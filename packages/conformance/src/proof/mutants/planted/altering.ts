import type { Alteration, GatewayAnswer, GatewayRequest, StreamAct, StreamFrame } from "../../../gateway/alteration.js";

/** An event of a stream. */
export type StreamEvent = Readonly<Record<string, unknown>>;
export type Frames = AsyncIterable<StreamFrame>;
export type ChangedFrames = AsyncIterable<StreamFrame | StreamAct>;

/** Whether a request runs a command in the foreground or background. */
export function isCommand({ part, method, path }: GatewayRequest): boolean {
  return part === "execd" && method === "POST" && path === "/command";
}

/** Whether a request runs something in a session. */
export function isSessionRun({ part, method, path }: GatewayRequest): boolean {
  return part === "execd" && method === "POST" && /^\/session\/[^/]+\/run$/.test(path);
}

/** A test for one route of the daemon. */
export function execdRoute(method: string, path: RegExp): (request: GatewayRequest) => boolean {
  return (request) => request.part === "execd" && request.method === method && path.test(request.path);
}

/** Changes the frames of the streams that `matches` names. */
export function frames(
  matches: (request: GatewayRequest) => boolean,
  change: (frames: Frames, request: GatewayRequest) => ChangedFrames,
): Alteration {
  return { stream: (stream, request) => (matches(request) ? change(stream, request) : undefined) };
}

/**
 * Changes events one by one; `undefined` drops one. The number counts the events of that type in its stream, from 1.
 */
export function events(
  matches: (request: GatewayRequest) => boolean,
  change: (event: StreamEvent, nth: number, request: GatewayRequest) => StreamEvent | undefined,
): Alteration {
  return frames(matches, async function* (stream, request) {
    const counts = new Map<string, number>();
    for await (const frame of stream) {
      if (!("event" in frame)) {
        yield frame;
        continue;
      }
      const type = typeOf(frame) ?? "";
      const nth = (counts.get(type) ?? 0) + 1;
      counts.set(type, nth);
      const changed = change(frame.event, nth, request);
      if (changed !== undefined) yield { event: changed };
    }
  });
}

/** The type of a frame; `undefined` for envelopes and text. */
export function typeOf(frame: StreamFrame): string | undefined {
  return "event" in frame && typeof frame.event["type"] === "string" ? frame.event["type"] : undefined;
}

/** Whether a frame is output. */
export function isOutput(frame: StreamFrame): boolean {
  return typeOf(frame) === "stdout" || typeOf(frame) === "stderr";
}

/** Whether a frame ends an execution. */
export function isEnd(frame: StreamFrame): boolean {
  return (
    ["error", "execution_complete"].includes(typeOf(frame) ?? "") || ("event" in frame && typeOf(frame) === undefined)
  );
}

/** The exit status that an error event carries. */
export function exitValue(event: StreamEvent): string | undefined {
  return event["type"] === "error" ? (event["error"] as { readonly evalue?: string } | undefined)?.evalue : undefined;
}

/** What an error event says of a signal. */
export function signalText(event: StreamEvent): string {
  return event["type"] === "error"
    ? ((event["error"] as { readonly traceback?: readonly string[] | null } | undefined)?.traceback ?? []).join()
    : "";
}

/** Turns an end into a success. */
export function asSuccess(event: StreamEvent): StreamEvent {
  return { type: "execution_complete", execution_time: 1, timestamp: event["timestamp"] ?? Date.now() };
}

/** An error end with another exit status. */
export function withExit(event: StreamEvent, code: number): StreamEvent {
  return { ...event, error: { ename: "CommandExecError", evalue: String(code), traceback: [`exit status ${code}`] } };
}

/** Changes the JSON body of the requests that `matches` names. */
export function requestJson(
  matches: (request: GatewayRequest) => boolean,
  change: (json: Record<string, unknown>, request: GatewayRequest) => Record<string, unknown>,
): Alteration {
  return {
    request(request) {
      if (!matches(request)) return request;
      const json = parsed(request.body);
      return json === undefined ? request : { ...request, body: Buffer.from(JSON.stringify(change(json, request))) };
    },
  };
}

/** Changes the command of the requests that `matches` names; a blank one stays what it is, to be refused. */
export function commandText(
  matches: (request: GatewayRequest) => boolean,
  change: (command: string) => string,
): Alteration {
  return requestJson(matches, (json) =>
    typeof json["command"] === "string" && json["command"].trim() !== ""
      ? { ...json, command: change(json["command"]) }
      : json,
  );
}

/** Changes the whole answers to the requests that `matches` names. */
export function answers(
  matches: (request: GatewayRequest) => boolean,
  change: (answer: GatewayAnswer, request: GatewayRequest) => GatewayAnswer,
): Alteration {
  return { answer: (answer, request) => (matches(request) ? change(answer, request) : answer) };
}

/** Changes the JSON of the answers to the requests that `matches` names; other bodies stay. */
export function answerJson(
  matches: (request: GatewayRequest) => boolean,
  change: (json: Record<string, unknown>, answer: GatewayAnswer) => unknown,
): Alteration {
  return answers(matches, (answer) => {
    const json = parsed(answer.body);
    return json === undefined ? answer : { ...answer, body: Buffer.from(JSON.stringify(change(json, answer))) };
  });
}

/** Answers refusals of the requests that `matches` names with success instead. */
export function refusalAccepted(
  matches: (request: GatewayRequest) => boolean,
  body: unknown = "",
  isMeant: (answer: GatewayAnswer) => boolean = () => true,
): Alteration {
  return answers(matches, (answer) => {
    if (answer.status < 400 || !isMeant(answer)) return answer;
    return {
      status: 200,
      headers: body === "" ? {} : { "content-type": "application/json; charset=utf-8" },
      body: Buffer.from(body === "" ? "" : JSON.stringify(body)),
    };
  });
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Not JSON: nothing to change.
    return undefined;
  }
}
