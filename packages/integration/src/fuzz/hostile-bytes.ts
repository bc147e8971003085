import { hostileFrames } from "./hostile-frames.js";
import { type Choices, choicesOf } from "./seeded.js";

/** What one side of a connection does: pieces with pauses between them, then an end or a reset. */
export interface HostileBytes {
  readonly pieces: readonly Buffer[];
  readonly pauseMs: number;
  readonly isReset: boolean;
}

/** What a service answers in one case of a seed; `accept` is the value that a handshake asks for. */
export function hostileAnswer(seed: number, index: number, accept: string): HostileBytes {
  const choices = choicesOf(seed, index);
  return sent(choices, answer(choices, accept));
}

/** What a client sends in one case of a seed; `target` and `headers` lead past the first checks. */
export function hostileRequest(seed: number, index: number, target: string, headers: string): HostileBytes {
  const choices = choicesOf(~seed, index);
  return sent(choices, request(choices, target, headers));
}

function answer(choices: Choices, accept: string): Buffer {
  switch (choices.below(12)) {
    case 0:
      return choices.bytes(choices.below(200));
    case 1:
      return latin(
        choices.pick([
          "hello\r\n\r\n",
          "<html>",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
          "HTTP/0.9 200\n\n",
          "\r\n\r\n\r\n",
          "HTTP/1.1",
          "\x16\x03\x01\x02\0\x01\0",
        ]),
      );
    case 2:
      return latin(
        `${`HTTP/1.1 ${choices.pick(["100 Continue", "102 Processing", "103 Early Hints", "199 x"])}\r\n\r\n`.repeat(choices.pick([1, 31, 32, 33, 500]))}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n`,
      );
    case 3:
      return latin(
        choices.chance(0.5)
          ? `HTTP/1.1 200 OK\r\nx: ${"y".repeat(choices.pick([1_000, 16_000, 17_000, 70_000]))}\r\n\r\n`
          : `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(choices.pick([100, 1_999, 2_001, 5_000]))}\r\n`,
      );
    case 4:
    case 5:
      return Buffer.concat([
        latin(
          `HTTP/1.1 101 ${choices.pick(["Switching Protocols", "", "a\x01"])}\r\nconnection: upgrade\r\nupgrade: ${choices.pick(["websocket", "x", "a\x01b"])}\r\nsec-websocket-accept: ${choices.chance(0.8) ? accept : "x"}\r\n\r\n`,
        ),
        hostileFrames(choices),
      ]);
    default: {
      const one = (): Buffer =>
        Buffer.concat([latin(`${statusLine(choices)}\r\n${headerLines(choices)}`), body(choices)]);
      return choices.chance(0.15) ? Buffer.concat([one(), one()]) : one();
    }
  }
}

function request(choices: Choices, target: string, headers: string): Buffer {
  const line = `${choices.pick(["GET", "POST", "PUT", "HEAD", "CONNECT", "get", "OPTIONS", "G\x01T"])} ${choices.pick([target, target, target, `${target}%00%zz/../..`, "*", "//", "\x80", "http://__proto__/", `${target}?${"q".repeat(20_000)}`])} HTTP/${choices.pick(["1.1", "1.1", "1.1", "1.0", "2.0", "0.9", "9"])}\r\n`;
  switch (choices.below(8)) {
    case 0:
      return choices.bytes(choices.below(300));
    case 1:
      return Buffer.concat([
        latin(
          `GET ${target} HTTP/1.1\r\n${headers}connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: ${choices.pick(["13", "8", "x"])}\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
        ),
        hostileFrames(choices),
      ]);
    case 2:
      return latin(
        `GET ${target} HTTP/1.1\r\n${headers}\r\n`.repeat(choices.pick([2, 20])) + choices.bytes(50).toString("latin1"),
      );
    case 3:
      return latin(`GET ${target} HTTP/1.1\r\n${headers}x: ${"y".repeat(choices.pick([16_000, 70_000]))}\r\n\r\n`);
    default:
      return Buffer.concat([latin(`${line}${headers}${headerLines(choices)}`), body(choices)]);
  }
}

function statusLine(choices: Choices): string {
  const status = choices.pick([
    "200",
    "200",
    "204",
    "304",
    "404",
    "099",
    "000",
    "100",
    "101",
    "199",
    "600",
    "999",
    "1000",
    "99999999999",
    "-1",
    "2x0",
    "",
    String(choices.below(1000)),
  ]);
  const reason = choices.pick(["OK", "OK", "", "a\x01b", "\x7f", "\0", "ü", "a\tb", "a\rb", "x".repeat(20_000)]);
  return `${choices.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "http/1.1", "ICY"])} ${status} ${reason}`;
}

function headerLines(choices: Choices): string {
  const line = (): string =>
    choices.pick([
      "content-type: text/event-stream",
      "x: a\x01b",
      "x: \0",
      "x: ü\x80",
      "x y: z",
      ": empty",
      "no colon",
      "x: a\r\n folded",
      "__proto__: 1",
      "constructor: 1",
      "set-cookie: a=b\r\nset-cookie: c=d",
      "content-length: 5\r\ncontent-length: 6",
      "content-length: -1",
      "content-length: 99999999999999999999",
      "content-length: 3\r\ntransfer-encoding: chunked",
      "transfer-encoding: chunked, gzip",
      "transfer-encoding: \x0bchunked",
      "connection: close, x, content-length",
      "connection: upgrade\r\nupgrade: websocket",
      "expect: 100-continue",
      "trailer: x",
      "x: a\nb: c",
    ]);
  return Array.from({ length: choices.below(4) }, () => `${line()}\r\n`).join("");
}

function body(choices: Choices): Buffer {
  const text = choices.bytes(choices.below(300));
  if (choices.chance(0.4))
    return Buffer.concat([latin(`content-length: ${text.length + choices.pick([0, 0, 0, 1, -1, 100])}\r\n\r\n`), text]);
  if (choices.chance(0.2)) return Buffer.concat([latin("\r\n"), text]);
  const size = choices.pick([
    text.length.toString(16),
    text.length.toString(16),
    "0",
    "-1",
    "zz",
    "ffffffffffffffffff",
    `${text.length.toString(16)};${"e".repeat(choices.pick([1, 20_000]))}`,
  ]);
  const end = choices.pick([
    "0\r\n\r\n",
    "0\r\n\r\n",
    "0\r\nx: y\r\n\r\n",
    "0\r\nx\x01: y\r\n\r\n",
    "0\r\ncontent-length: 3\r\n\r\n",
    "",
  ]);
  return Buffer.concat([latin(`transfer-encoding: chunked\r\n\r\n${size}\r\n`), text, latin(`\r\n${end}`)]);
}

/** The bytes, changed, cut, in pieces, and with their end. */
function sent(choices: Choices, bytes: Buffer): HostileBytes {
  let changed = bytes;
  if (choices.chance(0.25)) {
    const at = choices.below(changed.length + 1);
    const rest = changed.subarray(at + choices.pick([0, 1, 5]));
    changed = Buffer.concat([changed.subarray(0, at), choices.bytes(choices.below(4)), rest]);
  }
  if (choices.chance(0.15)) changed = changed.subarray(0, choices.below(changed.length + 1));
  const cuts = choices.chance(0.2)
    ? Array.from({ length: 1 + choices.below(4) }, () => choices.below(changed.length + 1)).toSorted((a, b) => a - b)
    : [];
  const edges = [0, ...cuts, changed.length];
  return {
    pieces: edges.slice(1).map((edge, at) => changed.subarray(edges[at], edge)),
    pauseMs: cuts.length > 0 ? choices.pick([0, 1, 10]) : 0,
    isReset: choices.chance(0.15),
  };
}

function latin(text: string): Buffer {
  return Buffer.from(text, "latin1");
}
