import { runOneCommand } from "../one-command/run-one-command.js";
import type { SubjectName } from "../worker/subject.js";
import type { Benchmark, Measurement } from "./benchmark.js";
import { compare } from "./compare.js";
import { measureInWorker } from "./measure-in-worker.js";

/** Short commands whose response the server holds open for a second after their end, as a real daemon does. */
export const p1: Benchmark = {
  id: "P1",
  measurements: [
    commands("P1", (subject) => ({ count: subject === "rxsandbox" ? 200 : 3, thinkMs: 0 })),
    // Think time is longer than the hold, so that a drained connection is free again.
    commands("P1-think", () => ({ count: 3, thinkMs: 1300 })),
    {
      id: "P1-process",
      subjects: ["official-accumulating", "rxsandbox"],
      sample: (subject, server) =>
        runOneCommand(subject === "rxsandbox" ? "rxsandbox" : "official", server.domain, "hold 1000"),
    },
  ],
  rows: [
    {
      ...compare("P1", "P1", "official-accumulating", "ms", { metric: "cpuMs", unit: "ms" }),
      work: "short command, response held 1 s after its end",
      unit: "ms",
      better: "lower",
      target: { atLeastTimes: 500 },
    },
    {
      ...compare("P1", "P1", "official-accumulating", "maxOpen"),
      work: "sockets open at any time, no think time",
      unit: "sockets",
      better: "lower",
      target: { atMost: 8 },
    },
    {
      ...compare("P1", "P1-think", "official-accumulating", "newPerCommand"),
      work: "new connections per command, 1.3 s think time",
      unit: "connections",
      better: "lower",
      target: { atMost: 0 },
    },
    {
      ...compare("P1", "P1-process", "official-accumulating", "ms"),
      work: "whole program: connect, one command, exit",
      unit: "ms",
      better: "lower",
    },
  ],
};

function commands(
  id: string,
  plan: (subject: SubjectName) => { readonly count: number; readonly thinkMs: number },
): Measurement {
  return {
    id,
    subjects: ["official-accumulating", "rxsandbox"],
    sample: async (subject, server) => {
      const { count, thinkMs } = plan(subject);
      await server.resetStats();
      const sample = await measureInWorker(subject, server, {
        kind: "commands",
        command: { kind: "hold", holdMs: 1000 },
        count,
        thinkMs,
      });
      const { maxOpen, acceptedAfterFirstCommand } = await server.stats();
      return { ...sample, maxOpen, newPerCommand: acceptedAfterFirstCommand / (count - 1) };
    },
  };
}
