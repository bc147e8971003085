import { setTimeout as sleep } from "node:timers/promises";
import type { SdkSubject } from "./sdk-subject.js";
import type { ClientName, Subject } from "./subject.js";
import type { ReaderWork, Sample, SdkWork, Task, Work } from "./task.js";

const CLOSE_MS = 2000;

/**
 * Entry of a measuring process: one task from the arguments, one sample to the parent. Imports one client only, so that
 * none pays for another.
 */
const task = JSON.parse(process.argv[2] ?? "null") as Task;
const { sample, close } = await take(task);
process.send?.(sample);
// The official SDK waits for streams that stay open.
await Promise.race([close(), sleep(CLOSE_MS)]);
process.exit(0);

async function take({ domain, sandboxId, subject, work }: Task): Promise<{ sample: Sample; close: Subject["close"] }> {
  if (isReaderWork(work)) {
    const { measure } = await import("./measure.js");
    if (subject === "loop") throw new Error(`a loop cannot be measured at ${work.kind}`);
    const reader = subject === "raw" ? await connectRaw(domain, sandboxId) : await connect(subject, domain, sandboxId);
    return { sample: await measure(reader, work), close: reader.close };
  }
  if (subject === "raw" || subject === "loop") throw new Error(`${subject} cannot be measured at ${work.kind}`);
  const { measureSdk } = await import("./measure-sdk.js");
  const sdk = await connect(subject, domain, sandboxId);
  return { sample: await measureSdk(sdk, work satisfies SdkWork), close: sdk.close };
}

function isReaderWork(work: Work): work is ReaderWork {
  return ["stream", "commands", "requests", "upload", "download"].includes(work.kind);
}

async function connectRaw(domain: string, sandboxId: string): Promise<Subject> {
  return (await import("./raw-subject.js")).rawSubject(domain, sandboxId);
}

async function connect(name: ClientName, domain: string, sandboxId: string): Promise<SdkSubject> {
  if (name === "rxsandbox") return (await import("./rxsandbox-subject.js")).rxsandboxSubject(domain, sandboxId);
  return (await import("./official-subject.js")).officialSubject(name)(domain, sandboxId);
}
