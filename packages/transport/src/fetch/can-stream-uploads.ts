/**
 * Tells whether `fetch` takes a body of unknown length: where it does not, it neither reads `duplex` nor leaves the
 * content type out, since it turns the stream into a text.
 *
 * False in browsers: those that take such a body refuse to send it over HTTP/1.1, which shows only when it is sent.
 */
export function canStreamUploads(): boolean {
  if ("document" in globalThis || "importScripts" in globalThis) return false;
  let isDuplexRead = false;
  try {
    const init = {
      method: "POST",
      body: new ReadableStream(),
      get duplex() {
        isDuplexRead = true;
        return "half";
      },
    };
    const { headers } = new Request("http://localhost", init);
    return isDuplexRead && !headers.has("content-type");
  } catch {
    // No ReadableStream, or one that is refused as a body.
    return false;
  }
}
