/**
 * A program for Node that runs inside a sandbox and answers on port 9000 with what it received, as the service of the
 * recording did: `/set?…` sets a cookie, `/<status>` answers with that status, `/slow` in parts, `/cut` breaks off in
 * the body and `/drop` before the head.
 */
export const ECHO_SERVICE = `
const http = require("node:http");
http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const pairs = [];
    for (let at = 0; at < request.rawHeaders.length; at += 2) pairs.push([request.rawHeaders[at], request.rawHeaders[at + 1]]);
    const path = request.url.split("?")[0];
    const text = JSON.stringify({ method: request.method, path: request.url, headers: pairs, body: Buffer.concat(chunks).toString() });
    if (path === "/drop") return request.socket.destroy();
    if (path === "/cut") {
      response.writeHead(200, { "content-type": "text/plain", "content-length": "100" });
      response.write("only this");
      return setTimeout(() => request.socket.destroy(), 50);
    }
    if (path === "/slow") {
      response.writeHead(200, { "content-type": "text/plain" });
      let part = 0;
      const timer = setInterval(() => {
        response.write("part " + part++);
        if (part === 4) { clearInterval(timer); response.end(); }
      }, 50);
      return;
    }
    const status = /^\\/[0-9]{3}$/.test(path) ? Number(path.slice(1)) : 200;
    const headers = { "content-type": "application/json", "x-request-id": "from-the-service" };
    if (status === 302) headers.location = "/elsewhere";
    if (path === "/set") headers["set-cookie"] = "c=one";
    response.writeHead(status, headers);
    response.end(status === 204 ? undefined : text);
  });
}).listen(9000, "127.0.0.1");
`;
