// Rules of the OpenSandbox protocol behind the rule port: JSON lines over stdin and stdout.
// Run by the conformance suite; replace the four functions by your own to have them judged. Needs Node 20 and nothing
// else.

/**
 * Events, envelopes and malformed frames of one body, and how the body ended. Reads chunk by chunk, as a client does.
 */
function decode(chunks, end) {
  const items = [];
  const decoder = new TextDecoder();
  let line = "";
  let afterCr = false;
  let isSse;
  let data = [];

  const frame = (text) => {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      return undefined;
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (typeof value.type === "string") return { event: value };
    const known = Object.entries(value).filter(
      ([key, part]) => (key === "code" || key === "message") && typeof part === "string",
    );
    return value.type === undefined && known.length > 0 ? { envelope: Object.fromEntries(known) } : { malformed: true };
  };
  const whole = (text) => {
    if (text.trim() !== "") items.push(frame(text) ?? { malformed: true });
  };
  const dispatch = () => {
    whole(data.join("\n"));
    data = [];
  };
  const field = (text) => {
    const [name, ...value] = text.split(":");
    if (name === "data") data.push(value.join(":").replace(/^ /, ""));
  };
  const decideFraming = (text) => {
    if (isSse === undefined && text.trim() !== "" && !text.startsWith(":"))
      isSse = /^(data|event|id|retry)(:|$)/.test(text);
  };
  const endLine = () => {
    const text = line;
    line = "";
    decideFraming(text);
    if (isSse !== true) {
      if (!text.startsWith(":")) whole(text);
    } else if (text === "") dispatch();
    else if (text.startsWith("{")) {
      dispatch();
      whole(text);
    } else field(text);
  };
  const read = (text) => {
    for (const part of text.split(/(?<=[\r\n])/)) {
      const isLf = part === "\n" && afterCr;
      afterCr = part.endsWith("\r");
      if (isLf) continue;
      if (!/[\r\n]$/.test(part)) line += part;
      else {
        line += part.slice(0, -1);
        endLine();
      }
    }
  };

  for (const chunk of chunks) read(decoder.decode(chunk, { stream: true }));
  read(decoder.decode());
  if (end === "cut") return { items, ended: "truncated" };
  decideFraming(line);
  let left = isSse === true || line.startsWith(":") ? "" : line;
  if (isSse === true && line.startsWith("{")) {
    dispatch();
    left = line;
  } else if (isSse === true) {
    field(line);
    left = data.join("\n");
  }
  if (left.trim() === "") return { items, ended: "complete" };
  const last = frame(left);
  return last === undefined ? { items, ended: "truncated" } : { items: [...items, last], ended: "complete" };
}

/** The exit code of a foreground command or a session run, by the official rule. */
function infer({ error, complete }) {
  if (error === null) return complete === null ? null : 0;
  const value = error.value.trim();
  if (!/^-?\d+$/.test(value) || !Number.isFinite(Number(value))) return null;
  return Number(value) + 0;
}

/** What PATCH /policy makes of a policy; a text is the kind of an error. */
function merge(policy, patch, limit = 0) {
  if (patch.length === 0) return "empty";
  if (patch.some(({ action }) => action !== "allow" && action !== "deny")) return "action";
  if (patch.some(({ target }) => target.trim() === "")) return "target";
  const merged = new Map();
  for (const rule of [...patch, ...(policy.egress ?? [])]) {
    const key = rule.target.toLowerCase();
    if (!merged.has(key)) merged.set(key, rule);
  }
  return limit > 0 && merged.size > limit ? "limit" : { ...policy, egress: [...merged.values()] };
}

/** What DELETE /policy makes of a policy; a text is the kind of an error. */
function remove(policy, targets) {
  if (targets.length === 0) return "empty";
  const gone = new Set(targets.map((target) => target.trim().toLowerCase()));
  gone.delete("");
  return { ...policy, egress: (policy.egress ?? []).filter(({ target }) => !gone.has(target.toLowerCase())) };
}

function answer(request) {
  const policy = (result) => (typeof result === "string" ? { error: result } : { policy: result });
  switch (request.op) {
    case "hello":
      return { port: 1, name: "rules.mjs", version: "1.0.0", ops: ["decode", "infer", "merge", "remove"] };
    case "decode":
      return decode(
        request.chunks.map((chunk) => Buffer.from(chunk, "base64")),
        request.end,
      );
    case "infer":
      return { exitCode: infer(request.execution) };
    case "merge":
      return policy(merge(request.policy, request.patch, request.limit));
    case "remove":
      return policy(remove(request.policy, request.targets));
    default:
      return { fault: "unsupported" };
  }
}

function answerLine(line) {
  const request = JSON.parse(line);
  const result = answer(request);
  process.stdout.write(`${JSON.stringify(request.id === undefined ? result : { id: request.id, ...result })}\n`);
}

// Lines end in LF and nothing else: node:readline would also cut at the separators of Unicode.
let pending = [];
for await (const chunk of process.stdin) {
  const lines = Buffer.concat([...pending, chunk])
    .toString("latin1")
    .split("\n");
  pending = [Buffer.from(lines.pop(), "latin1")];
  for (const line of lines) answerLine(Buffer.from(line, "latin1").toString("utf8"));
}
