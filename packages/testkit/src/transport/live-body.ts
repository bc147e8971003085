import type { TransportFailureKind } from "@rxsandbox/transport";
import { byteScript, type ByteStep } from "../byte-script/byte-script.js";

/** A response body that the test writes step by step; what is written before it is read is kept. For one exchange. */
export interface LiveBody {
  /** Sends one chunk, synchronously if somebody reads. */
  send(chunk: string | Uint8Array): void;
  /** Clean end of body. */
  end(): void;
  /** Breaks the connection. Default `reset`. */
  fail(failure?: TransportFailureKind): void;
  /** For the transport: takes the steps from now on; `undefined` is the end. */
  attach(reader: (step: ByteStep | undefined) => void): void;
}

/** Creates a body to be written by hand: `const body = liveBody(); … body.send("…"); body.end()`. */
export function liveBody(): LiveBody {
  const waiting: (ByteStep | undefined)[] = [];
  let reader: ((step: ByteStep | undefined) => void) | undefined;
  const write = (step: ByteStep | undefined): void => {
    if (reader === undefined) waiting.push(step);
    else reader(step);
  };
  return {
    send(chunk) {
      for (const step of byteScript(chunk)) write(step);
    },
    end: () => write(undefined),
    fail: (failure = "reset") => write({ kind: "fail", failure }),
    attach(next) {
      reader = next;
      for (const step of waiting.splice(0)) next(step);
    },
  };
}
