import { type ClientRequest, type IncomingMessage, request as sendRequest, type RequestOptions } from "node:http";
import type { Duplex } from "node:stream";

/** Interim answers (1xx) that one request may get. */
const MAX_INTERIM_ANSWERS = 32;

/** Who asks, and what becomes of the request: one of the functions is called, and once. */
export interface PeerOutcome {
  /** The connection of the client, which ends when a function throws. */
  readonly client: { destroy(): unknown };
  /** The head of an answer has arrived; one that cannot be passed on never does. */
  readonly onAnswer: (answer: IncomingMessage) => void;
  /** The peer changed the protocol; without it that is a failure. */
  readonly onUpgrade?: (answer: IncomingMessage, peer: Duplex, head: Buffer) => void;
  /** No answer, or none that a client may get. After an answer has begun, its own end tells. */
  readonly onFailure: (error: Error) => void;
}

/**
 * Begins a request to a peer that is not trusted: nothing that it answers throws outside.
 *
 * The caller writes the body and ends the request. A request that Node refuses is a failure too, and `undefined` is
 * returned.
 */
export function askPeer(options: RequestOptions, outcome: PeerOutcome): ClientRequest | undefined {
  let isSettled = false;
  const fail = (error: unknown): void => {
    if (isSettled) return;
    isSettled = true;
    try {
      outcome.onFailure(error instanceof Error ? error : new Error(String(error)));
    } catch {
      // What cannot be answered is cut.
      outcome.client.destroy();
    }
  };
  let peer: ClientRequest;
  try {
    peer = sendRequest(options);
  } catch (error) {
    fail(error);
    return undefined;
  }
  const settle = (answer: IncomingMessage, act: () => void): void => {
    // An answer without a listener for its errors throws them.
    answer.on("error", () => undefined);
    const fault = headFault(answer);
    try {
      if (fault !== undefined) throw new Error(fault);
      if (isSettled) throw new Error("a second answer");
      act();
      isSettled = true;
    } catch (error) {
      peer.destroy();
      answer.destroy();
      fail(error);
    }
  };
  let interim = 0;
  peer.on("information", () => {
    interim += 1;
    if (interim > MAX_INTERIM_ANSWERS) peer.destroy(new Error("too many interim answers"));
  });
  peer.on("response", (answer) => settle(answer, () => outcome.onAnswer(answer)));
  peer.on("upgrade", (answer, socket: Duplex, head) => {
    socket.on("error", () => socket.destroy());
    settle(answer, () => {
      if (outcome.onUpgrade === undefined) throw new Error("an upgrade that was not requested");
      outcome.onUpgrade(answer, socket, head);
    });
    if (outcome.onUpgrade === undefined) socket.destroy();
  });
  peer.on("error", fail);
  return peer;
}

/** Why the head of an answer cannot be written to a client; `undefined` when it can. */
function headFault({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): string | undefined {
  if (!(statusCode >= 101 && statusCode <= 999)) return `status ${statusCode}`;
  if (UNSAFE.test(statusMessage)) return "a reason phrase with control characters";
  const name = rawHeaders.find((text, index) => (index % 2 === 0 ? !TOKEN.test(text) : UNSAFE.test(text)));
  return name === undefined ? undefined : "a header with characters that none may have";
}

// What RFC 9110 5.6.2 and 5.5 leave out.
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const UNSAFE = /[^\t\u0020-\u007e\u0080-\u00ff]/;
