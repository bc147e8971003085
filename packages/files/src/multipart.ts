/** One part of a form; both names are quoted and escaped. */
export interface FormPart {
  readonly name: string;
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array | Blob;
}

/** A form as a request carries it. */
export interface EncodedForm {
  readonly contentType: string;
  readonly body: Uint8Array | Blob;
}

/** Encodes a form in memory (`execd.md` 6.1). The boundary is random, so that no content can hold it. */
export function encodeForm(parts: readonly FormPart[]): EncodedForm {
  const boundary = `rxsandbox-${Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const encoder = new TextEncoder();
  const pieces: (Uint8Array | Blob)[] = [];
  for (const { name, filename, contentType, content } of parts) {
    pieces.push(
      encoder.encode(`--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"; filename="${escapeName(filename)}"\r\nContent-Type: ${contentType}\r\n\r\n`),
      content,
      encoder.encode("\r\n"),
    );
  }
  pieces.push(encoder.encode(`--${boundary}--\r\n`));
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: join(pieces) };
}

/** The escapes of HTML forms: without them a quote or a line end in a file name would write header lines (divergence K13). */
function escapeName(name: string): string {
  return name.replace(/"/g, "%22").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}

function join(pieces: readonly (Uint8Array | Blob)[]): Uint8Array | Blob {
  if (pieces.some((piece) => piece instanceof Blob)) return new Blob(pieces as ConstructorParameters<typeof Blob>[0]);
  const bytes = pieces as readonly Uint8Array[];
  const whole = new Uint8Array(bytes.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let offset = 0;
  for (const piece of bytes) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
