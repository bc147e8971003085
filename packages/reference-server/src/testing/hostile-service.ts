/**
 * A command that starts a service which answers with the very bytes that the path of a request names. `listen` is the
 * text of the arguments with which it listens.
 */
export function hostileService(listen: string): string {
  return nodeCommand(`${SERVICE}.listen(${listen});`);
}

/** A command that runs a program in Node, whatever characters the program has. */
export function nodeCommand(program: string): string {
  return `exec node -e "$(echo ${Buffer.from(program).toString("base64")} | base64 -d)"`;
}

/** The path for which the service answers these bytes; no bytes stand for an innocent answer. */
export function pathFor(bytes: Buffer): string {
  if (bytes.length === 0) return "/";
  return bytes[0] === SPECIAL ? `/${bytes.subarray(1).toString("latin1")}` : `/x${bytes.toString("hex")}`;
}

/** A head of so many kilobytes, for {@link pathFor}. */
export function hugeHead(kilobytes: number): Buffer {
  return Buffer.from(`\0h${kilobytes}`, "latin1");
}

/** So many interim answers before one that is final, for {@link pathFor}. */
export function interimStorm(count: number): Buffer {
  return Buffer.from(`\0i${count}`, "latin1");
}

const SPECIAL = 0;

// The bytes stand in the path as hexadecimal digits after "/x"; "/h<n>" is a head of n kilobytes, "/i<n>" are n interim
// answers.
const SERVICE = `
const net = require("net");
net.createServer((socket) => {
  socket.on("error", () => {});
  let head = "";
  socket.on("data", function read(data) {
    head += data.toString("latin1");
    const end = head.indexOf("\\r\\n\\r\\n");
    if (end < 0) return;
    socket.off("data", read).resume();
    const [, kind, text] = /\\/([xhi])([0-9a-f]*)/.exec(head.split(" ")[1]) ?? [];
    if (kind === "x") socket.end(Buffer.from(text, "hex"));
    else if (kind === "h") socket.end("HTTP/1.1 200 OK\\r\\nx: " + "y".repeat(1024 * Number(text)) + "\\r\\n\\r\\n");
    else if (kind === "i") socket.end("HTTP/1.1 100 Continue\\r\\n\\r\\n".repeat(Number(text)) + "HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n");
    else socket.end("HTTP/1.1 200 OK\\r\\ncontent-length: 8\\r\\nconnection: close\\r\\n\\r\\ninnocent");
  });
})`;
