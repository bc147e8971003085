import type { Readable, Writable } from "node:stream";
import type { ExecdConfig, ExecdReady } from "../shared/execd-config.js";
import { lineChannel } from "./line-channel.js";

const READY_TIMEOUT_MS = 20_000;

/**
 * Sends an execd worker its configuration and waits until it listens.
 *
 * The writable stays open afterwards: it is the worker's lifeline.
 */
export async function workerHandshake(input: Writable, output: Readable, config: ExecdConfig): Promise<void> {
  const channel = lineChannel(output, input);
  const ready = channel.expect(isReady, READY_TIMEOUT_MS);
  channel.send(JSON.stringify(config));
  await ready;
}

function isReady(line: string): boolean {
  try {
    return (JSON.parse(line) as Partial<ExecdReady>).ready === true;
  } catch {
    // Not the line we wait for.
    return false;
  }
}
