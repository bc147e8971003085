import { startBenchServer } from "./bench-server.js";
import { commandStream } from "./command-stream.js";
import type { BenchServerQuestion } from "./fork-bench-server.js";

/**
 * Entry of the server process: tells its address, answers questions with its counts, and ends when the parent lets go
 * of it.
 */
const server = await startBenchServer();
process.send?.({ domain: server.domain });
process.on("message", (question: BenchServerQuestion) => {
  if (question.kind === "reset") server.resetStats();
  if (question.kind === "prepare") commandStream(question.command);
  process.send?.({ stats: server.stats() });
});
process.on("disconnect", () => process.exit(0));
