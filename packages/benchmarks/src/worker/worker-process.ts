import type { ConnectSubject, SubjectName } from "./subject.js";
import type { Task } from "./task.js";
import { measure } from "./measure.js";

/**
 * Entry of a measuring process: one task from the arguments, one sample to the parent. Imports one client only, so that
 * none pays for another.
 */
const task = JSON.parse(process.argv[2] ?? "null") as Task;
const subject = await (await connector(task.subject))(task.domain, task.sandboxId);
const sample = await measure(subject, task.work);
process.send?.(sample);
await subject.close();
process.disconnect?.();

async function connector(name: SubjectName): Promise<ConnectSubject> {
  switch (name) {
    case "rxsandbox":
      return (await import("./rxsandbox-subject.js")).rxsandboxSubject;
    case "raw":
      return (await import("./raw-subject.js")).rawSubject;
    default:
      return (await import("./official-subject.js")).officialSubject(name);
  }
}
