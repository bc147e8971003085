import type { TransportFailureKind } from "@rxsandbox/transport";
import type { ByteScript, ByteStep } from "./byte-script.js";

/**
 * What can happen to a body between two machines. Each fault takes a script and gives a new one, so that faults
 * compose: `faults.reset(faults.chunksOf(script, 7), 100)`. Offsets count the bytes of the body; beyond its end means
 * at its end.
 */
export const faults = {
  /** Cuts the chunks again at the given offsets: any chunking is a list of offsets, also inside a character. */
  splitAt(script: ByteScript, offsets: readonly number[]): ByteScript {
    return offsets.reduce((steps, offset) => {
      const [before, after] = divide(steps, offset);
      return [...before, ...after];
    }, script);
  },

  /** Cuts every chunk into pieces of at most `size` bytes. */
  chunksOf(script: ByteScript, size: number): ByteScript {
    return script.flatMap((step): readonly ByteStep[] => {
      if (step.kind !== "bytes") return [step];
      const pieces: ByteStep[] = [];
      for (let at = 0; at < step.bytes.length; at += size)
        pieces.push({ kind: "bytes", bytes: step.bytes.subarray(at, at + size) });
      return pieces;
    });
  },

  /** Ends the body cleanly after `offset` bytes: what a proxy that lost its upstream does. */
  cut(script: ByteScript, offset: number): ByteScript {
    return divide(script, offset)[0];
  },

  /** Breaks the connection after `offset` bytes; a `reset` unless another failure is named. */
  reset(script: ByteScript, offset: number, failure: TransportFailureKind = "reset"): ByteScript {
    return [...divide(script, offset)[0], { kind: "fail", failure }];
  },

  /** Sends nothing more after `offset` bytes and keeps the connection open. */
  stall(script: ByteScript, offset: number): ByteScript {
    return [...divide(script, offset)[0], { kind: "stall" }];
  },

  /** Waits before the byte at `offset`. */
  delay(script: ByteScript, offset: number, ms: number): ByteScript {
    const [before, after] = divide(script, offset);
    return [...before, { kind: "delay", ms }, ...after];
  },

  /** Sends the bytes from `from` up to `to` a second time, right after the first. */
  duplicate(script: ByteScript, from: number, to: number): ByteScript {
    const [before, rest] = divide(script, from);
    const [twice, after] = divide(rest, to - from);
    return [...before, ...twice, ...twice, ...after];
  },
} as const;

/** Divides a script after `offset` bytes; steps without bytes at the border stay behind it. */
function divide(script: ByteScript, offset: number): readonly [ByteScript, ByteScript] {
  let seen = 0;
  for (const [index, step] of script.entries()) {
    if (seen >= offset) return [script.slice(0, index), script.slice(index)];
    if (step.kind !== "bytes") continue;
    const within = offset - seen;
    if (within < step.bytes.length) {
      const head: ByteStep = { kind: "bytes", bytes: step.bytes.subarray(0, within) };
      const tail: ByteStep = { kind: "bytes", bytes: step.bytes.subarray(within) };
      return [
        [...script.slice(0, index), head],
        [tail, ...script.slice(index + 1)],
      ];
    }
    seen += step.bytes.length;
  }
  return [script, []];
}
