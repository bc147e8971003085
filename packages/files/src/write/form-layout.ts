import { isByteArray } from "@rxsandbox/transport";

/** One part of a form. */
export interface FormPart<C> {
  readonly name: "metadata" | "file";
  readonly contentType: string;
  readonly content: C;
}

/** A form in the order in which it is sent: bytes of its own, and contents in between. */
export interface FormLayout<C> {
  readonly contentType: string;
  readonly segments: readonly (Uint8Array | C)[];
  /** Of the segments that are bytes. */
  readonly ownBytes: number;
}

/**
 * Lays out a form (`execd.md` 6.1). The boundary is random, so that no content can hold it. Contents that are bytes
 * become the form's own.
 */
export function layoutForm<C extends object>(parts: readonly FormPart<Uint8Array | C>[]): FormLayout<C> {
  const boundary = `rxsandbox-${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const encoder = new TextEncoder();
  const segments: (Uint8Array | C)[] = [];
  let own: Uint8Array[] = [];
  let ownBytes = 0;
  const add = (segment: Uint8Array | C): void => {
    if (isByteArray(segment)) {
      own.push(segment);
      ownBytes += segment.byteLength;
      return;
    }
    segments.push(joinBytes(own), segment);
    own = [];
  };
  for (const { name, contentType, content } of parts) {
    // A part without a file name is not seen (execd.md 6.1). The name of the file would do, were it not for quotes and
    // line ends in it (divergence K13) and for parsers that take the part of ".." for nameless; the daemon does not
    // look at it.
    add(
      encoder.encode(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\nContent-Type: ${contentType}\r\n\r\n`,
      ),
    );
    add(content);
    add(encoder.encode("\r\n"));
  }
  add(encoder.encode(`--${boundary}--\r\n`));
  segments.push(joinBytes(own));
  return { contentType: `multipart/form-data; boundary=${boundary}`, segments, ownBytes };
}

/** Joins byte arrays. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
