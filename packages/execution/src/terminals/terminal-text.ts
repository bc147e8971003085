import { Observable, type OperatorFunction } from "rxjs";
import type { TerminalOutput } from "./terminal-output.js";

/**
 * Decodes output as UTF-8, characters that frames cut included; emits no empty text.
 *
 * The outputs are decoded apart. A character that a gap or the end leaves unfinished becomes U+FFFD; a gap itself is
 * not shown.
 */
export function terminalText(): OperatorFunction<TerminalOutput, string> {
  return (source) =>
    new Observable((subscriber) => {
      const decoders = new Map<string, TextDecoder>();
      const show = (text: string): void => void (text !== "" && subscriber.next(text));
      const finish = (): void => {
        for (const decoder of decoders.values()) show(decoder.decode());
        decoders.clear();
      };
      return source.subscribe({
        next: (item) => {
          if (item.type === "gap") return finish();
          // A byte order mark is output like any other.
          const decoder = decoders.get(item.stream) ?? new TextDecoder("utf-8", { ignoreBOM: true });
          decoders.set(item.stream, decoder);
          show(decoder.decode(item.bytes, { stream: true }));
        },
        error: (error: unknown) => {
          finish();
          subscriber.error(error);
        },
        complete: () => {
          finish();
          subscriber.complete();
        },
      });
    });
}
