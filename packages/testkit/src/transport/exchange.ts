import type { StreamPart } from "@rxsandbox/transport";
import { Observable } from "rxjs";
import { byteScript, type ByteScript, type ByteStep } from "../byte-script/byte-script.js";
import type { Answer, HttpAnswer } from "./answer.js";
import type { OpenRecord } from "./recorded-request.js";
import { readBody } from "./read-body.js";
import { transportFailure } from "./transport-failure.js";

/** A longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type Step = ByteStep | { readonly kind: "head" } | { readonly kind: "end" };

/** One running exchange; the transport breaks it when it is closed. */
export interface ExchangeControl {
  breakOff(error: Error): void;
}

/**
 * Plays one answer the way a transport does: body up, head, chunks, end; flow control and time limits included.
 * A synchronous exchange plays every step that needs no waiting inside `subscribe`, others take a microtask per step.
 */
export function exchange(
  record: OpenRecord,
  answer: Answer,
  isSync: boolean,
  started: (control: ExchangeControl) => () => void,
): Observable<StreamPart> {
  return new Observable((subscriber) => {
    const queue: Step[] = stepsOf(answer);
    let isBusy = false;
    let isStalled = false;
    let isImmediate = isSync;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    let limit: ReturnType<typeof setTimeout> | undefined;

    const fail = (error: Error): void => {
      record.end ??= "failed";
      subscriber.error(error);
    };
    const setLimit = (ms: number | undefined): void => {
      clearTimeout(limit);
      limit =
        ms === undefined
          ? undefined
          : setTimeout(() => fail(transportFailure("timeout")), Math.min(ms, LONGEST_TIMER_MS));
    };

    function pump(): void {
      if (isBusy) return;
      isBusy = true;
      while (!subscriber.closed && !record.isPaused && !isStalled) {
        const step = queue.shift();
        if (step === undefined) break;
        const waitMs = step.kind === "delay" ? step.ms : 0;
        if (isImmediate && waitMs === 0) {
          play(step);
          continue;
        }
        const resume = (): void => {
          isBusy = false;
          if (subscriber.closed) return;
          play(step);
          pump();
        };
        if (waitMs > 0) waiting = setTimeout(resume, Math.min(waitMs, LONGEST_TIMER_MS));
        else void Promise.resolve().then(resume);
        return;
      }
      isBusy = false;
    }

    function play(step: Step): void {
      switch (step.kind) {
        case "head":
          return playHead(answer as HttpAnswer);
        case "bytes":
          if (record.idleTimeoutMs !== undefined) setLimit(record.idleTimeoutMs);
          // A buffer of its own that is overwritten afterwards: chunks are valid only during `next`.
          return lend(step.bytes, (bytes) => subscriber.next({ kind: "chunk", bytes }));
        case "fail":
          return fail(transportFailure(step.failure, step.sent));
        case "stall":
          isStalled = true;
          return;
        case "end":
          record.end ??= "complete";
          return subscriber.complete();
        case "delay":
          return;
      }
    }

    function playHead(http: HttpAnswer): void {
      if (record.via === "open") setLimit(record.idleTimeoutMs);
      const flow = {
        pause: () => {
          record.isPaused = true;
        },
        resume: () => {
          record.isPaused = false;
          pump();
        },
        detach: () => {
          record.isDetached = true;
        },
      };
      const contentType = http.json === undefined ? {} : { "content-type": "application/json" };
      subscriber.next({ kind: "head", status: http.status ?? 200, headers: { ...contentType, ...http.headers }, flow });
      http.live?.attach((step) => {
        isImmediate = true;
        queue.push(step ?? { kind: "end" });
        pump();
      });
    }

    const finished = started({ breakOff: fail });
    subscriber.add(() => {
      clearTimeout(waiting);
      clearTimeout(limit);
      record.end ??= "aborted";
      finished();
    });
    setLimit(record.timeoutMs ?? record.idleTimeoutMs);
    const reading = readBody(
      record.body,
      (bytes) => record.receive(bytes),
      () => subscriber.closed,
    );
    if (reading === undefined) pump();
    else reading.then(pump, fail);
  });
}

function stepsOf(answer: Answer): Step[] {
  if (answer === "silent") return [{ kind: "stall" }];
  const delay: Step[] = answer.delayMs === undefined ? [] : [{ kind: "delay", ms: answer.delayMs }];
  if ("failure" in answer)
    return [
      ...delay,
      { kind: "fail", failure: answer.failure, ...(answer.sent === undefined ? {} : { sent: answer.sent }) },
    ];
  const body: Step[] = answer.live === undefined ? [...bodyScript(answer), { kind: "end" }] : [];
  return [...delay, { kind: "head" }, ...body];
}

function bodyScript(answer: HttpAnswer): ByteScript {
  if (answer.json !== undefined) return byteScript(JSON.stringify(answer.json));
  const body = answer.body ?? [];
  return typeof body === "string" || body instanceof Uint8Array ? byteScript(body) : body;
}

function lend(bytes: Uint8Array, use: (lent: Uint8Array) => void): void {
  const lent = Uint8Array.from(bytes);
  use(lent);
  lent.fill(0xff);
}
