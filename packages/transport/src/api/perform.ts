import { isRetryable } from "@rxsandbox/protocol";
import { Observable, Subscription, type Subscriber } from "rxjs";
import { ProtocolError } from "../errors/errors.js";
import type { SandboxError } from "../errors/sandbox-error.js";
import { toSandboxError, type ErrorContext } from "../errors/to-sandbox-error.js";
import { emitEvent } from "../events/emit-event.js";
import type { ApiRequest } from "../ports/api.js";
import type { Endpoint } from "../ports/endpoint-source.js";
import { extendRedactor } from "../redaction/extend-redactor.js";
import { startLongTimer } from "../timer/long-timer.js";
import type { ApiOptions, RetryPolicy } from "./api-options.js";
import type { Attempt, AttemptFailure, SendAttempt } from "./attempt.js";
import { callSecrets } from "./call-secrets.js";
import { deadAddress } from "./dead-address.js";
import { explainLoss } from "./explain-loss.js";
import { prepareRequest, requestIdHeader } from "./prepare-request.js";
import { createRequestId } from "./request-id.js";
import { retryWaitMs } from "./retry-wait-ms.js";
import { whereOf } from "./where-of.js";

/** What all calls of one API have in common. */
export interface CallSettings {
  readonly options: ApiOptions;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly policy: RetryPolicy;
}

/**
 * Makes a call: looks the address up, sends, repeats what the retry table allows.
 *
 * Producer: each subscription is a call of its own, with its own request id, which all its attempts share.
 * Errors: always a `SandboxError`.
 * Unsubscribe aborts the attempt or the wait that is under way.
 */
export function perform<T>(settings: CallSettings, call: ApiRequest, send: SendAttempt<T>): Observable<T> {
  return new Observable((subscriber) => new Call(settings, call, send, subscriber).start());
}

class Call<T> {
  private readonly settings: CallSettings;
  private readonly call: ApiRequest;
  private readonly send: SendAttempt<T>;
  private readonly subscriber: Subscriber<T>;
  private requestId: string;
  private attempts = 0;
  private startedMs = 0;
  private hasForgotten = false;
  /** Where the last attempt went. */
  private endpoint: Endpoint | undefined;

  constructor(settings: CallSettings, call: ApiRequest, send: SendAttempt<T>, subscriber: Subscriber<T>) {
    this.settings = settings;
    this.call = call;
    this.send = send;
    this.subscriber = subscriber;
    this.requestId = createRequestId();
  }

  start(): void {
    const resolving = new Subscription();
    this.subscriber.add(resolving);
    let isResolved = false;
    resolving.add(
      this.settings.options.target().subscribe({
        next: (endpoint) => {
          if (isResolved) return;
          isResolved = true;
          resolving.unsubscribe();
          this.attempt(endpoint);
        },
        error: (error: unknown) => this.end(toSandboxError(error, this.context())),
        complete: () => {
          if (!isResolved)
            this.end(new ProtocolError({ ...this.context(), detail: "there is no address to send it to" }));
        },
      }),
    );
  }

  private attempt(endpoint: Endpoint): void {
    const { settings, call, subscriber } = this;
    const { options } = settings;
    this.endpoint = endpoint;
    let request;
    try {
      request = prepareRequest(
        call,
        endpoint,
        { [requestIdHeader]: this.requestId, ...settings.headers },
        timeoutOf(settings, call),
      );
    } catch (thrown) {
      this.end(toSandboxError(thrown, this.context()));
      return;
    }
    this.requestId = request.headers[requestIdHeader] ?? this.requestId;
    if (call.beforeAttempt?.(this.requestId) === false) {
      subscriber.complete();
      return;
    }
    this.attempts += 1;
    this.startedMs = performance.now();
    if (options.events !== undefined)
      emitEvent(options.events, { type: "request", ...this.subject(), attempt: this.attempts });
    const attempt: Attempt = {
      call,
      request,
      onHead: (status, headers) => this.onHead(status, headers),
      context: () => this.context(),
      redactor: () => extendRedactor(options.redact, callSecrets(call, settings.headers, endpoint)),
    };
    const sending = new Subscription();
    subscriber.add(sending);
    sending.add(
      this.send(attempt, {
        next: (value) => subscriber.next(value),
        // A synchronous exchange still completes after it failed: it cannot be unsubscribed from before it returns.
        complete: () => void (sending.closed || subscriber.complete()),
        fail: (failure) => {
          if (sending.closed) return;
          sending.unsubscribe();
          this.onFailure(failure);
        },
      }),
    );
  }

  private onHead(status: number, headers: Readonly<Record<string, string>>): string {
    this.requestId = headers[requestIdHeader] || this.requestId;
    const { events, clock } = this.settings.options;
    const durationMs = performance.now() - this.startedMs;
    clock?.hear(headers["date"], durationMs);
    if (events !== undefined) emitEvent(events, { type: "response", ...this.subject(), status, durationMs });
    return this.requestId;
  }

  private onFailure(failure: AttemptFailure): void {
    const { settings, subscriber } = this;
    const { events } = settings.options;
    if (subscriber.closed) return;
    const isElsewhere = this.forgetAddress(failure.error);
    if (!isElsewhere && !this.mayRepeat(failure)) {
      this.end(failure.error);
      return;
    }
    const delayMs = retryWaitMs(failure.error, { ...settings.policy, attempt: this.attempts });
    if (delayMs === undefined) {
      this.end(failure.error);
      return;
    }
    if (events !== undefined)
      emitEvent(events, { type: "retry", ...this.subject(), attempt: this.attempts, delayMs, cause: failure.error });
    const waiting = new Subscription(
      startLongTimer(delayMs, () => {
        subscriber.remove(waiting);
        this.start();
      }),
    );
    subscriber.add(waiting);
  }

  /**
   * Forgets a dead address, once per call: if the next one is dead too, nothing is gained by a third. Tells whether the
   * call may be sent there whatever it is, since a gateway kept it from the sandbox.
   */
  private forgetAddress(error: SandboxError): boolean {
    const { invalidate } = this.settings.options;
    const how = deadAddress(error);
    if (how === undefined || invalidate === undefined || this.hasForgotten) return false;
    this.hasForgotten = true;
    invalidate();
    return how === "gateway" && this.mayBeSentAgain();
  }

  private mayBeSentAgain(): boolean {
    const { call, settings } = this;
    return call.noRetry !== true && this.attempts < settings.policy.maxAttempts && !isReadOnce(call.body);
  }

  private mayRepeat({ sent, status, isFinal = false }: AttemptFailure): boolean {
    const { call } = this;
    if (isFinal || !this.mayBeSentAgain()) return false;
    return isRetryable({ method: call.method, sent, status, idempotent: call.idempotent });
  }

  private end(error: SandboxError): void {
    const { events, readFate } = this.settings.options;
    const explaining = explainLoss(error, readFate).subscribe({
      error: (explained: unknown) => {
        if (events !== undefined)
          emitEvent(events, { type: "failed", ...this.subject(), error: explained as SandboxError });
        this.subscriber.error(explained);
      },
    });
    this.subscriber.add(explaining);
  }

  private subject(): { readonly requestId: string; readonly method: string; readonly path: string } {
    return { requestId: this.requestId, method: this.call.method, path: this.call.path };
  }

  private context(): ErrorContext {
    const { endpoint, settings, call, attempts } = this;
    const where =
      endpoint === undefined
        ? undefined
        : {
            ...whereOf(settings.options, endpoint),
            timeoutMs: call.idleTimeoutMs === undefined ? timeoutOf(settings, call) : undefined,
          };
    return { what: call.what, attempts, ...this.subject(), ...where };
  }
}

function timeoutOf({ options }: CallSettings, { timeoutMs }: ApiRequest): number {
  return timeoutMs === null ? Infinity : (timeoutMs ?? options.requestTimeoutMs);
}

/** An iterable that was begun cannot be begun again. */
function isReadOnce(body: ApiRequest["body"]): boolean {
  return typeof body === "object" && Symbol.asyncIterator in body && !(body instanceof Uint8Array);
}
