import { Observable, Subscription, type Subscriber } from "rxjs";
import {
  SandboxError,
  isSandboxError,
  retryWaitMs,
  startLongTimer,
  type Api,
  type ApiRequest,
  type Flow,
  type StreamPart,
} from "@rxsandbox/transport";
import type { SandboxConnection } from "@rxsandbox/transport/calls";
import { formatRange, type AskedRange } from "./byte-range.js";
import { FileChangedError } from "./file-changed-error.js";
import { readFileHead, type FileHead } from "./file-head.js";
import type { ReadRequest } from "./read-options.js";

/** First one head, then the bytes; both whatever number of connections it takes. */
export type FilePart =
  /** `totalBytes` of what was asked for, where announced. A pause outlasts the connection. */
  | { readonly kind: "head"; readonly totalBytes: number | undefined; readonly flow: Pick<Flow, "pause" | "resume"> }
  /** Valid only during the synchronous `next` call. */
  | { readonly kind: "chunk"; readonly bytes: Uint8Array };

const IDLE_TIMEOUT_MS = 30_000;
const WAIT = { baseDelayMs: 250, maxDelayMs: 10_000, longestMs: 60_000 } as const;

/**
 * Reads a file, or a part of it, and survives cuts: a broken connection is replaced by another that begins at the byte
 * reached.
 *
 * It goes on only with the same file. `If-Range` is ignored and a range is answered without `Last-Modified` (`execd.md`
 * 6.2), so the head of a plain download is looked at before each new connection: its length and its date must be those
 * of the beginning.
 *
 * Errors: `FileChangedError` when they are not; the cut itself when it cannot be resumed or `maxResumes` are used up.
 */
export function fileParts({ api, scope }: SandboxConnection, request: ReadRequest): Observable<FilePart> {
  // As a whole: it also waits between two connections.
  return scope.guard(new Observable((subscriber) => new FileTransfer(api, request, subscriber).start()));
}

/** Takes one answer; `end` is not called once `connection` is unsubscribed from. */
interface AnswerSink {
  part(part: StreamPart, connection: Subscription): void;
  end(error?: unknown): void;
}

class FileTransfer {
  private readonly api: Api;
  private readonly request: ReadRequest;
  private readonly subscriber: Subscriber<FilePart>;
  private begun: FileHead | undefined;
  private loaded = 0;
  private resumes = 0;
  /** Connections in a row that brought nothing. */
  private attemptsWithoutProgress = 0;
  private flow: Flow | undefined;
  private isPaused = false;

  constructor(api: Api, request: ReadRequest, subscriber: Subscriber<FilePart>) {
    this.api = api;
    this.request = request;
    this.subscriber = subscriber;
  }

  start(): void {
    const { range } = this.request;
    this.connect(range, (head) => {
      this.begun = head;
      const flow = { pause: () => this.pause(), resume: () => this.unpause() };
      this.subscriber.next({ kind: "head", totalBytes: this.isByLine() ? undefined : head.length, flow });
    });
  }

  private connect(range: AskedRange | undefined, onHead: (head: FileHead) => void): void {
    const before = this.loaded;
    this.open(range, {
      part: (part) => {
        if (part.kind === "head") {
          this.flow = part.flow;
          if (this.isPaused) part.flow.pause();
          onHead(readFileHead(part, range));
        } else {
          this.loaded += part.bytes.byteLength;
          this.subscriber.next(part);
        }
      },
      end: (error) => {
        this.flow = undefined;
        this.attemptsWithoutProgress = this.loaded > before ? 0 : this.attemptsWithoutProgress + 1;
        const left = this.left();
        if (left === 0 || (error === undefined && left === undefined)) this.subscriber.complete();
        else this.onCut(error ?? shortBody());
      },
    });
  }

  private open(range: AskedRange | undefined, sink: AnswerSink): void {
    const { path, offset, limit } = this.request;
    const call: ApiRequest = {
      what: "Read file",
      method: "GET",
      path: "/files/download",
      query: { path, offset, limit },
      ...(range !== undefined && { headers: { range: formatRange(range) } }),
      idleTimeoutMs: IDLE_TIMEOUT_MS,
    };
    const connection = new Subscription();
    this.subscriber.add(connection);
    const end = (error?: unknown): void => {
      if (connection.closed) return;
      this.subscriber.remove(connection);
      connection.unsubscribe();
      sink.end(error);
    };
    connection.add(
      this.api.open(call).subscribe({
        next: (part) => {
          if (connection.closed) return;
          try {
            sink.part(part, connection);
          } catch (thrown) {
            this.subscriber.error(thrown);
          }
        },
        error: end,
        complete: () => end(),
      }),
    );
  }

  private onCut(error: unknown): void {
    const waitMs = this.mayResume(error) ? this.waitMs(error) : undefined;
    if (waitMs === undefined) {
      this.subscriber.error(error);
      return;
    }
    this.resumes += 1;
    if (waitMs === 0) this.verify(error);
    else this.subscriber.add(startLongTimer(waitMs, () => this.verify(error)));
  }

  /** The first try is at once, unless the server asks for time: most cuts are of one connection, not of the network. */
  private waitMs(error: SandboxError): number | undefined {
    if (this.attemptsWithoutProgress < 2 && error.retryAfterSeconds === undefined) return 0;
    return retryWaitMs(error, { ...WAIT, attempt: Math.max(1, this.attemptsWithoutProgress - 1) });
  }

  private mayResume(error: unknown): error is SandboxError {
    const { begun } = this;
    const isKnown =
      begun?.first !== undefined && begun.length !== undefined && (begun.lastModified ?? begun.date) !== undefined;
    return (
      isKnown && !this.isByLine() && this.resumes < this.request.maxResumes && isSandboxError(error) && error.retryable
    );
  }

  /** Looks whether the file is still the one that the download began with. */
  private verify(cut: unknown): void {
    this.open(undefined, {
      part: (part, connection) => {
        if (part.kind !== "head") return;
        const now = readFileHead(part, undefined);
        this.subscriber.remove(connection);
        connection.unsubscribe();
        if (isSame(this.begun!, now)) this.goOn(cut);
        else this.subscriber.error(new FileChangedError(this.request.path, this.loaded, cut));
      },
      end: (error) => this.onCut(error ?? shortBody()),
    });
  }

  private goOn(cut: unknown): void {
    const { first = 0, length = 0, fileBytes } = this.begun!;
    this.connect({ first: first + this.loaded, end: first + length - 1 }, (head) => {
      const isWhole =
        head.length === this.left() &&
        (fileBytes === undefined || head.fileBytes === undefined || head.fileBytes === fileBytes);
      if (!isWhole) this.subscriber.error(new FileChangedError(this.request.path, this.loaded, cut));
    });
  }

  private left(): number | undefined {
    return this.begun?.length === undefined || this.isByLine()
      ? undefined
      : Math.max(0, this.begun.length - this.loaded);
  }

  private isByLine(): boolean {
    return this.request.offset !== undefined || this.request.limit !== undefined;
  }

  private pause(): void {
    this.isPaused = true;
    this.flow?.pause();
  }

  private unpause(): void {
    this.isPaused = false;
    this.flow?.resume();
  }
}

/** A range has no date of its own: then the file must not be younger than the answer that began the download. */
function isSame(begun: FileHead, now: FileHead): boolean {
  if (now.lastModified === undefined || (begun.fileBytes !== undefined && begun.fileBytes !== now.fileBytes))
    return false;
  if (begun.lastModified !== undefined) return begun.lastModified === now.lastModified;
  return Date.parse(now.lastModified) <= Date.parse(begun.date ?? "");
}

function shortBody(): SandboxError {
  return new SandboxError(
    "network",
    { what: "Read file", method: "GET", path: "/files/download", detail: "the body ended early" },
    { retryable: true },
  );
}
