import type { ClientRequest, IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** Interim answers (1xx) that one request may get. */
const MAX_INTERIM_ANSWERS = 32;

/** What a server answered cannot be passed on; the message says why, without the bytes. */
export class UnpassableAnswerError extends Error {
  override readonly name: string = "UnpassableAnswerError";
}

/**
 * Resolves with the answer to a request, once its head may be written to a client; rejects otherwise. Nothing that the
 * server sends, then or later, throws outside.
 */
export function guardedAnswer(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let interim = 0;
    outgoing.on("information", () => {
      interim += 1;
      if (interim > MAX_INTERIM_ANSWERS)
        outgoing.destroy(new UnpassableAnswerError(`more than ${MAX_INTERIM_ANSWERS} interim answers`));
    });
    outgoing.on("upgrade", (_answer: IncomingMessage, socket: Socket) => {
      socket.on("error", () => undefined);
      socket.destroy();
      reject(new UnpassableAnswerError("an unexpected upgrade"));
    });
    outgoing.on("response", (answer: IncomingMessage) => {
      answer.on("error", () => undefined);
      const fault = headFault(answer);
      if (fault === undefined) return resolve(answer);
      outgoing.destroy();
      reject(new UnpassableAnswerError(fault));
    });
    // It may come several times, and after the answer has begun.
    outgoing.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code?.startsWith("HPE_") === true ? new UnpassableAnswerError(error.message, { cause: error }) : error,
      ),
    );
  });
}

/** Why the head of an answer cannot be written to a client; `undefined` when it can. */
function headFault({ statusCode = 0, statusMessage = "", rawHeaders }: IncomingMessage): string | undefined {
  if (!isFinalStatus(statusCode)) return `status ${statusCode}`;
  if (UNSAFE.test(statusMessage)) return "a reason phrase with control characters";
  const isUnsafe = rawHeaders.some((text, index) => (index % 2 === 0 ? !TOKEN.test(text) : UNSAFE.test(text)));
  return isUnsafe ? "a header with characters that none may have" : undefined;
}

/** Whether a client may get this status as the status of its answer. */
export function isFinalStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 999;
}

// What RFC 9110 5.6.2 and 5.5 leave out.
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const UNSAFE = /[^\t\u0020-\u007e\u0080-\u00ff]/;
