import { createHash } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { hostileAnswer } from "./hostile-bytes.js";
import { play } from "./play.js";

/**
 * A program: a service that answers `/…c<n>` with case n of a seed and everything else innocently, whatever the rest of
 * the request says. It writes its port to a file.
 */
const [seedText = "0", portFile = "port"] = process.argv.slice(2);
const INNOCENT = "HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\ninnocent";

const server = createServer((socket) => {
  socket.on("error", () => undefined);
  let head = "";
  const read = (data: Buffer): void => {
    head += data.toString("latin1");
    if (!head.includes("\r\n\r\n") && head.length < 200_000) return;
    socket.off("data", read).resume();
    answer(socket, head);
  };
  socket.on("data", read);
}).listen(0, "127.0.0.1", () => {
  writeFileSync(`${portFile}.new`, String((server.address() as AddressInfo).port));
  renameSync(`${portFile}.new`, portFile);
});

function answer(socket: Socket, head: string): void {
  const index = /^\S+ \S*\/c(\d+) /.exec(head)?.[1];
  if (index === undefined) return void socket.end(INNOCENT);
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  play(socket, hostileAnswer(Number(seedText), Number(index), accept));
}
