import type { BenchCommand } from "../bench-command.js";
import type { SubjectName } from "./subject.js";

/** What any subject can be measured at. */
export type ReaderWork =
  /** One command that streams `events` events, after one that warms up. */
  | { readonly kind: "stream"; readonly command: BenchCommand; readonly warmUp: BenchCommand; readonly events: number }
  /** `count` commands one after another, `thinkMs` apart. */
  | { readonly kind: "commands"; readonly command: BenchCommand; readonly count: number; readonly thinkMs: number }
  /** JSON calls at a fixed concurrency for `durationMs`, after `warmUpMs` of the same. */
  | {
      readonly kind: "requests";
      readonly call: "get" | "post";
      readonly concurrency: number;
      readonly warmUpMs: number;
      readonly durationMs: number;
    }
  /** One file of so many bytes, after a small one that warms up; `path` is the local file of an upload. */
  | {
      readonly kind: "upload";
      readonly path: string;
      readonly bytes: number;
      readonly warmUp: { readonly path: string; readonly bytes: number };
    }
  | { readonly kind: "download"; readonly bytes: number; readonly warmUp: { readonly bytes: number } };

/** How the whole output of a command comes: event by event, or by the ways that only this client has. */
export type BulkWay = "stream" | "follow" | "capture";

/** What only a whole client can be measured at. */
export type SdkWork =
  /** So many streams that stay open: memory after `settleMs`, CPU for `durationMs`. */
  | {
      readonly kind: "open-streams";
      readonly command: BenchCommand;
      readonly streams: number;
      readonly settleMs: number;
      readonly durationMs: number;
    }
  /** Sandboxes that become ready between two times after the first question, evenly spread. */
  | { readonly kind: "readiness"; readonly waiters: number; readonly earliestMs: number; readonly latestMs: number }
  /** Sandboxes of the fleet: heap after `settleMs`, CPU for `durationMs`. */
  | {
      readonly kind: "watch";
      readonly sandboxes: number;
      readonly watchersPerSandbox: number;
      readonly periodMs: number;
      readonly settleMs: number;
      readonly durationMs: number;
    }
  /** Memory while the events of a command pass, after those of another. */
  | { readonly kind: "memory"; readonly command: BenchCommand; readonly warmUp: BenchCommand }
  /** A loop that spends `eventMs` on each event, for `durationMs`. */
  | {
      readonly kind: "slow-consumer";
      readonly command: BenchCommand;
      readonly eventMs: number;
      readonly durationMs: number;
    }
  /** A command of so many lines to a consumer that counts them. */
  | { readonly kind: "bulk"; readonly text: string; readonly lines: number; readonly way: BulkWay }
  | { readonly kind: "create" }
  /** A background command that prints nothing, followed for so long. */
  | { readonly kind: "follow-quiet"; readonly durationMs: number };

/** What one worker process measures. */
export type Work = ReaderWork | SdkWork;

/** The key of every server here. */
export const BENCH_API_KEY = "key-of-the-benchmarks";

/** Bytes that are read from disk at once for an upload. */
export const DISK_READ_BYTES: number = 1024 * 1024;

export interface Task {
  readonly domain: string;
  readonly sandboxId: string;
  readonly subject: SubjectName;
  readonly work: Work;
}

/** Figures by name. `ms` and `cpuUs` are per unit (command, request, stream); rates per second. */
export type Sample = Readonly<Record<string, number>>;
