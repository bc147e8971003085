import { chunking } from "./chunking.js";
import { egressPolicy, egressRule, hostName } from "./egress.js";
import {
  errorEvent,
  executionCompleteEvent,
  executionCountEvent,
  executionEvent,
  initEvent,
  outputEvent,
  outputText,
  pingEvent,
  resultEvent,
  statusEvent,
  unknownEvent,
} from "./execution-events.js";
import { codeStream, commandStream, envelopeFrame, sessionStream } from "./execution-streams.js";
import { wireSandbox, wireTime } from "./wire-sandbox.js";

/** fast-check arbitraries of everything that a server of this protocol may send. Each is a function that makes one. */
export const arbitraries = {
  outputText,
  initEvent,
  outputEvent,
  pingEvent,
  resultEvent,
  errorEvent,
  executionCompleteEvent,
  statusEvent,
  executionCountEvent,
  unknownEvent,
  executionEvent,
  commandStream,
  sessionStream,
  codeStream,
  envelopeFrame,
  chunking,
  hostName,
  egressRule,
  egressPolicy,
  wireSandbox,
  wireTime,
} as const;
