import { createTransportFailure } from "../errors/transport-failure.js";
import type { ExchangeSink } from "../exchange/exchange-sink.js";
import type {
  Flow,
  ResponseHeaders,
  TransportFailure,
  TransportFailureKind,
  TransportRequest,
} from "../ports/transport.js";
import { IdleWatch } from "../timer/idle-watch.js";
import { startLongTimer } from "../timer/long-timer.js";
import { fetchBody } from "./fetch-body.js";

/** What exchanges of one transport have in common. */
export interface FetchSettings {
  readonly fetch: typeof globalThis.fetch;
  /** True ends `timeoutMs` at the head instead of the end of the body. */
  readonly isStream: boolean;
  readonly streamingUpload: boolean;
}

/** One request and its response over `fetch`. It alone aborts: by `cancel`, by a time limit, or by `breakOff`. */
export class FetchExchange {
  private readonly request: TransportRequest;
  private readonly settings: FetchSettings;
  private readonly sink: ExchangeSink;
  /**
   * The request stays beside its controller for as long as the exchange runs. Node passes an abort on through the
   * `Request`, to which it holds a weak reference only: once the request is garbage collected, `abort()` does nothing
   * and the connection stays open.
   */
  private readonly sending: { readonly controller: AbortController; request?: Request } = {
    controller: new AbortController(),
  };
  private isOver = false;
  private isSent = false;
  private idle: IdleWatch | undefined;
  private cancelTimeout: () => void = () => undefined;
  private stopBody: () => void = () => undefined;
  /** Set while the reader is paused: lets it read on. */
  private gate: { readonly opened: Promise<void>; readonly open: () => void } | undefined;

  constructor(request: TransportRequest, settings: FetchSettings, sink: ExchangeSink) {
    this.request = request;
    this.settings = settings;
    this.sink = sink;
  }

  start(): void {
    const { timeoutMs, idleTimeoutMs, closeConnection = false } = this.request;
    if (closeConnection) {
      this.fail(createTransportFailure("unsupported", "fetch cannot ask for a connection of its own", { sent: false }));
      return;
    }
    let request: Request;
    try {
      request = this.sending.request = this.build();
    } catch (cause) {
      this.fail(createTransportFailure("unsupported", "the request cannot be sent", { sent: false, cause }));
      return;
    }
    if (timeoutMs !== undefined)
      this.cancelTimeout = startLongTimer(timeoutMs, () =>
        this.breakOff("timeout", `no answer within ${timeoutMs} ms`),
      );
    if (idleTimeoutMs !== undefined)
      this.idle = new IdleWatch(idleTimeoutMs, () => this.breakOff("timeout", `no byte for ${idleTimeoutMs} ms`));
    // From here on nothing proves that no byte left.
    this.isSent = true;
    const { fetch } = this.settings;
    void fetch(request).then(
      (response) => this.read(response),
      (cause: unknown) => this.fail(createTransportFailure(failureKind(cause), "fetch failed", { sent: true, cause })),
    );
  }

  /** Ends it without a word to the sink. */
  cancel(): void {
    if (this.isOver) return;
    this.over();
    this.sending.controller.abort();
  }

  /** Ends it with a failure. */
  breakOff(kind: "timeout" | "closed", message: string): void {
    if (this.isOver) return;
    this.cancel();
    this.sink.fail(createTransportFailure(kind, message, { sent: this.isSent }));
  }

  private build(): Request {
    const { method, url, headers, body } = this.request;
    const outgoing =
      body === undefined
        ? undefined
        : fetchBody(body, {
            onWanted: () => this.idle?.pause(),
            onPiece: () => void (this.isOver || this.idle?.resume()),
          });
    if (outgoing?.isStream === true && !this.settings.streamingUpload)
      throw new TypeError("this platform cannot stream a request body");
    this.stopBody = outgoing?.stop ?? this.stopBody;
    const init: RequestInit & { readonly duplex?: "half" } = {
      method,
      headers: { ...headers },
      signal: this.sending.controller.signal,
      // A followed redirect would carry the key along.
      redirect: "manual",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      ...(outgoing !== undefined && { body: outgoing.content }),
      ...(outgoing?.isStream === true && { duplex: "half" }),
    };
    return new Request(url, init);
  }

  private async read(response: Response): Promise<void> {
    if (this.isOver) {
      this.discard(response);
      return;
    }
    if (response.type === "opaqueredirect") {
      this.fail(createTransportFailure("redirect", "the server answered with a redirect", { sent: true }));
      return;
    }
    if (this.settings.isStream) this.cancelTimeout();
    this.idle?.resume();
    this.sink.head(response.status, plainHeaders(response.headers), this.flow());
    try {
      await this.pump(response);
    } catch (cause) {
      this.fail(createTransportFailure("reset", "the connection broke", { sent: true, cause }));
    }
  }

  private async pump({ body }: Response): Promise<void> {
    const reader = body?.getReader();
    for (;;) {
      await this.untilOpen();
      if (this.isOver) return;
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      await this.untilOpen();
      if (this.isOver) return;
      this.idle?.touch();
      if (done) break;
      this.sink.chunk(value);
    }
    this.over();
    this.sink.end();
  }

  private async untilOpen(): Promise<void> {
    while (this.gate !== undefined && !this.isOver) await this.gate.opened;
  }

  /** A response that came after the end: nothing more of it is wanted. */
  private discard(response: Response): void {
    // The abort has already been asked for; that cancelling fails changes nothing.
    response.body?.cancel().catch(() => undefined);
  }

  private fail(failure: TransportFailure): void {
    if (this.isOver) return;
    this.over();
    this.sending.controller.abort();
    this.sink.fail(failure);
  }

  private over(): void {
    this.isOver = true;
    this.cancelTimeout();
    this.idle?.pause();
    this.stopBody();
    this.gate?.open();
  }

  private flow(): Flow {
    return {
      pause: () => {
        if (this.isOver || this.gate !== undefined) return;
        this.idle?.pause();
        let open = (): void => undefined;
        const opened = new Promise<void>((resolve) => {
          open = resolve;
        });
        this.gate = { opened, open };
      },
      resume: () => {
        if (this.isOver || this.gate === undefined) return;
        this.idle?.resume();
        this.gate.open();
        this.gate = undefined;
      },
      // No platform with fetch gives the socket away.
      detach: () => undefined,
    };
  }
}

/**
 * The headers of the body as `fetch` gives it: where it has unpacked one, the encoding and the length of what came are
 * those of other bytes.
 */
function plainHeaders(headers: Headers): ResponseHeaders {
  const plain: Record<string, string> = {};
  headers.forEach((value, name) => {
    plain[name] = name in plain ? `${plain[name]}, ${value}` : value;
  });
  if (isUnpacked(plain["content-encoding"])) {
    delete plain["content-encoding"];
    delete plain["content-length"];
  }
  return plain;
}

/** The codings that every platform's `fetch` unpacks; a body in any other one arrives as it was sent. */
function isUnpacked(encoding: string | undefined): boolean {
  return (
    encoding !== undefined && encoding.split(",").every((coding) => /^\s*(?:x-)?(?:gzip|deflate|br)\s*$/i.test(coding))
  );
}

/** Node tells by the cause; browsers say nothing, and count as not connected so that the address is looked up again. */
function failureKind(error: unknown): TransportFailureKind {
  // The platform's errors may be of another realm, as in Jest.
  const { cause } = Object(error) as { readonly cause?: unknown };
  const { name, code, message } = Object(cause) as {
    readonly name?: unknown;
    readonly code?: unknown;
    readonly message?: unknown;
  };
  // The connection ended within the answer: what came was valid.
  if (name === "HTTPParserError" && String(message).includes("Invalid EOF state")) return "reset";
  if (name === "HTTPParserError" || code === "UND_ERR_HEADERS_OVERFLOW") return "malformed";
  return code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE" ? "reset" : "connect";
}
