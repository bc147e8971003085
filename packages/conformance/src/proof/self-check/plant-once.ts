import type { Alteration, GatewayAnswer, GatewayRequest } from "../../gateway/alteration.js";

/** Changes the first event that `change` gives another one for; all later ones pass. */
export function eventOnce(
  path: RegExp,
  change: (event: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | "drop" | undefined,
): Alteration {
  let isPlanted = false;
  return {
    stream: (frames, request) => {
      if (request.part !== "execd" || request.method !== "POST" || !path.test(request.path)) return undefined;
      return (async function* () {
        for await (const frame of frames) {
          const changed = isPlanted || !("event" in frame) ? undefined : change(frame.event);
          if (changed === undefined) yield frame;
          else {
            isPlanted = true;
            if (changed !== "drop") yield { event: changed };
          }
        }
      })();
    },
  };
}

/** Changes the first whole answer that `change` gives another one for; all later ones pass. */
export function answerOnce(
  matches: (request: GatewayRequest) => boolean,
  change: (answer: GatewayAnswer) => GatewayAnswer | undefined,
): Alteration {
  let isPlanted = false;
  return {
    answer: (answer, request) => {
      if (isPlanted || !matches(request)) return answer;
      const changed = change(answer);
      if (changed !== undefined) isPlanted = true;
      return changed ?? answer;
    },
  };
}

/** The JSON object of an answer, changed; `undefined` where it is none. */
export function withJson(
  answer: GatewayAnswer,
  change: (json: Readonly<Record<string, unknown>>) => unknown,
): GatewayAnswer | undefined {
  let json: unknown;
  try {
    json = JSON.parse(answer.body.toString("utf8"));
  } catch {
    // Not JSON: no place to plant it.
    return undefined;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const changed = change(json as Readonly<Record<string, unknown>>);
  return changed === undefined ? undefined : { ...answer, body: Buffer.from(JSON.stringify(changed)) };
}
