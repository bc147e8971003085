import type { CheckContext } from "../model/check-context.js";
import type { Endpoint } from "../model/endpoint.js";
import { Unverifiable } from "../model/outcome.js";
import { eventRun, linesOf } from "./event-run.js";
import { type OwnService, ownService } from "./sandbox-ports.js";

/**
 * Services that answer every request with what they received, as JSON, for images that have one of these; they wait for
 * a port that is taken.
 */
const PROGRAMS = {
  python3: `
import http.server, json, time
class H(http.server.BaseHTTPRequestHandler):
    def echo(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        data = json.dumps({"nonce": "NONCE", "method": self.command, "path": self.path, "headers": [[k.lower(), v] for k, v in self.headers.items()], "body": body}).encode()
        self.send_response(418 if "teapot" in self.path else 200)
        self.send_header("content-length", str(len(data)))
        self.send_header("x-rx-own", "NONCE")
        self.end_headers()
        self.wfile.write(data)
    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = echo
    def log_message(self, *a): pass
while True:
    try: http.server.ThreadingHTTPServer(("0.0.0.0", PORT), H).serve_forever()
    except OSError: time.sleep(0.1)
`,
  node: `
const server = require("node:http").createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    const data = Buffer.from(JSON.stringify({ nonce: "NONCE", method: request.method, path: request.url, headers, body: Buffer.concat(parts).toString() }));
    response.writeHead(request.url.includes("teapot") ? 418 : 200, { "content-length": data.length, "x-rx-own": "NONCE" });
    response.end(data);
  });
});
const listen = () => server.listen(PORT, "0.0.0.0");
server.on("error", () => setTimeout(listen, 100));
listen();
`,
} as const;

/**
 * Starts an echo in the sandbox of this daemon, at a port of its own unless one is given; it ends with the check.
 * Unverifiable where the image can run none.
 */
export async function startEcho(context: CheckContext, execd: Endpoint, wantedPort?: number): Promise<OwnService> {
  const { port: ownPort, nonce } = ownService(context);
  const port = wantedPort ?? ownPort;
  const found = await eventRun(execd, "/command", {
    command: `python3 -c "print('python3')" 2>/dev/null || node -p "'node'" 2>/dev/null || echo none`,
  });
  const language = linesOf(found, "stdout")[0] ?? "none";
  if (language !== "python3" && language !== "node")
    throw new Unverifiable("the image has neither python3 nor node to answer from inside");
  const program = PROGRAMS[language].replaceAll("NONCE", nonce).replaceAll("PORT", String(port));
  const started = await eventRun(execd, "/command", {
    command: `exec ${language} ${language === "node" ? "-e" : "-c"} '${program}'`,
    background: true,
  });
  const id = encodeURIComponent(started.frames[0]?.text ?? "");
  context.defer("the echo service", () => execd.call({ method: "DELETE", path: `/command?id=${id}` }));
  return { port, nonce };
}
