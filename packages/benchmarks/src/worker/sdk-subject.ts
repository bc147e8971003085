import type { Subject } from "./subject.js";
import type { BulkWay } from "./task.js";

/** A client with the calls that only a whole client has: everything but the raw reader. */
export interface SdkSubject extends Subject {
  /** Opens a command's stream and tells each event; returns a function that leaves it. */
  open(command: string, onEvent: () => void): () => void;
  /** The events of a command for a loop that takes its time. */
  events(command: string): AsyncIterable<unknown>;
  /** Runs a command and resolves with the number of lines of its output. */
  countLines(command: string, way: BulkWay): Promise<number>;
  /** Waits for a sandbox that becomes ready. */
  waitUntilReady(sandboxId: string): Promise<void>;
  /** Creates a sandbox and waits until it is ready. */
  create(): Promise<void>;
  /**
   * Watches sandboxes as well as the client can, each as often as `watchersPerSandbox` says: by its own watches, or by
   * reading each sandbox every `periodMs`. Returns a function that stops.
   */
  watch(sandboxIds: readonly string[], watchersPerSandbox: number, periodMs: number): () => void;
  /**
   * Starts a command in the background and follows it as well as the client can, to its end or until the returned
   * function is called: by its own means, or by reading status and log every 200 ms.
   */
  follow(command: string): Promise<() => void>;
}
