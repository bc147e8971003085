import type { Observable, Subscription } from "rxjs";
import { IdleWatch, isSandboxGone, startLongTimer, type Flow, type SandboxError } from "@rxsandbox/transport";

/** How long a stream may be silent: ten pings of a daemon, which come every 3 s (`execd.md` 2.2). */
const SILENCE_MS = 30_000;

/** When a stream counts as stalled. */
export interface StallRule {
  /**
   * Absent: 30 s, once a ping has shown that the server sends them. A number counts from the head on. `null`: never.
   */
  readonly stallTimeoutMs?: number | null | undefined;
  /** Milliseconds after which the server ends the execution; absent means never. */
  readonly timeoutMs?: number | undefined;
}

/** What did not come: any byte, or anything but pings although the time of the execution is up. */
export type Silence = { readonly of: "bytes" | "frames"; readonly ms: number };

/** What a watch calls. */
export interface StallJudge {
  /** Completes where the silence has a good reason, else errors. Asked for one verdict at a time. */
  judge(silence: Silence): Observable<never>;
  /** Called once, with the error of the verdict; the watch has stopped. */
  condemn(error: SandboxError): void;
}

/**
 * Notices that a stream has stalled: its link died without a word, or the server has lost the execution.
 *
 * Two silences count: no byte for 30 s, once a ping has come; and where the execution has a time limit, nothing but
 * pings for 30 s after it. A server that never pings, without a time limit, is never accused. A silence that the judge
 * explains lets the watch rest for the next 30 s, and so does the first one after that, since the stream may have come
 * back a moment ago. Bounds: an accusation comes at most 3.1 s late. No clock is read per chunk.
 */
export class StallWatch {
  readonly #rule: StallRule;
  readonly #judge: StallJudge;
  readonly #silenceMs: number;
  #bytes: IdleWatch | undefined;
  #frames: IdleWatch | undefined;
  #cancelTimeout: () => void = () => undefined;
  #verdict: { readonly silence: Silence; readonly subscription: Subscription } | undefined;
  #isPaused = false;
  #isStopped = false;
  #wasExplained = false;

  constructor(rule: StallRule, judge: StallJudge) {
    this.#rule = rule;
    this.#judge = judge;
    this.#silenceMs = rule.stallTimeoutMs ?? SILENCE_MS;
    this.#isStopped = rule.stallTimeoutMs === null;
  }

  /** The request is sent, perhaps again. */
  sent(): void {
    const { timeoutMs } = this.#rule;
    this.#cancelTimeout();
    if (timeoutMs === undefined || this.#isStopped) return;
    this.#cancelTimeout = startLongTimer(timeoutMs, () => {
      this.#frames = this.#watch("frames");
    });
  }

  /** The head is there. Returns the flow control to give away: the watch rests while it pauses the body. */
  head(flow: Flow): Flow {
    if (typeof this.#rule.stallTimeoutMs === "number") this.#bytes ??= this.#watch("bytes");
    return {
      ...flow,
      pause: () => {
        this.#isPaused = true;
        this.#acquit();
        this.#each((watch) => watch.pause());
        flow.pause();
      },
      resume: () => {
        this.#isPaused = false;
        if (!this.#isStopped) this.#each((watch) => watch.resume());
        flow.resume();
      },
    };
  }

  bytes(): void {
    this.#bytes?.touch();
    if (this.#verdict?.silence.of === "bytes") this.#goOn();
  }

  ping(): void {
    if (!this.#isStopped) this.#bytes ??= this.#watch("bytes");
  }

  /** Anything but a ping has come. */
  frame(): void {
    this.#frames?.touch();
    if (this.#verdict !== undefined) this.#goOn();
  }

  /** Nothing is watched from now on. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimeout();
    this.#acquit();
    this.#each((watch) => watch.pause());
  }

  #watch(of: Silence["of"]): IdleWatch {
    const watch = new IdleWatch(this.#silenceMs, () => this.#accuse({ of, ms: this.#silenceMs }));
    if (this.#isPaused) watch.pause();
    return watch;
  }

  #each(act: (watch: IdleWatch) => void): void {
    for (const watch of [this.#bytes, this.#frames]) if (watch !== undefined) act(watch);
  }

  #accuse(silence: Silence): void {
    this.#each((watch) => watch.pause());
    let isOpen = true;
    const subscription = this.#judge.judge(silence).subscribe({
      complete: () => {
        isOpen = false;
        this.#wasExplained = true;
        this.#rest();
      },
      error: (thrown: unknown) => {
        const error = thrown as SandboxError;
        isOpen = false;
        if (!this.#wasExplained || isSandboxGone(error)) {
          this.stop();
          this.#judge.condemn(error);
          return;
        }
        this.#wasExplained = false;
        this.#rest();
      },
    });
    if (isOpen) this.#verdict = { silence, subscription };
  }

  /** What was missing has come after all. */
  #goOn(): void {
    this.#wasExplained = false;
    this.#acquit();
    this.#rest();
  }

  #rest(): void {
    this.#verdict = undefined;
    if (!this.#isPaused) this.#each((watch) => watch.resume());
  }

  #acquit(): void {
    this.#verdict?.subscription.unsubscribe();
    this.#verdict = undefined;
  }
}
