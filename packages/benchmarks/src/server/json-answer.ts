/** Encodes a whole HTTP answer with a JSON body. */
export function jsonAnswer(body: unknown, status = "200 OK"): Buffer {
  const text = JSON.stringify(body);
  return Buffer.from(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nx-request-id: 0123456789abcdef0123456789abcdef\r\n\r\n${text}`,
  );
}

/** Encodes a whole HTTP answer without a body; `headers` are lines that end in CRLF. */
export function emptyAnswer(status = "200 OK", headers = ""): Buffer {
  return Buffer.from(`HTTP/1.1 ${status}\r\n${headers}Content-Length: 0\r\n\r\n`);
}
