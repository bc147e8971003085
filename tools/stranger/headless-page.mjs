// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/**
 * Opens `url` in headless Chromium, evaluates an expression there and gives its (awaited) value.
 * @param {string} executable
 * @param {string} url
 * @param {string} expression
 */
export async function evaluateInPage(executable, url, expression) {
  const profile = await mkdtemp(join(tmpdir(), "stranger-chromium-"));
  const browser = spawn(executable, [...flags, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const address = await debuggerAddress(browser);
    const targets = /** @type {{ type: string, webSocketDebuggerUrl: string }[]} */ (
      await (await fetch(`http://${address}/json`)).json()
    );
    const page = targets.find((target) => target.type === "page");
    if (page === undefined) throw new Error("Chromium shows no page");
    const socket = new WebSocket(page.webSocketDebuggerUrl);
    await once(socket, "open");
    let id = 0;
    /** @param {string} method @param {object} params */
    const call = async (method, params) => {
      const mine = ++id;
      socket.send(JSON.stringify({ id: mine, method, params }));
      for (;;) {
        const [data] = await once(socket, "message");
        const answer = JSON.parse(String(data));
        if (answer.id === mine) return answer.result;
      }
    };
    await call("Page.navigate", { url });
    // The page sets this when its script has run.
    for (let tries = 0; tries < 100; tries += 1) {
      const ready = await call("Runtime.evaluate", { expression: "typeof globalThis.runScenario" });
      if (ready.result.value === "function") break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const answer = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    socket.close();
    if (answer.exceptionDetails !== undefined)
      throw new Error(answer.exceptionDetails.exception?.description ?? "the page threw");
    return answer.result.value;
  } finally {
    browser.kill("SIGKILL");
    await once(browser, "exit");
    await rm(profile, { recursive: true, force: true });
  }
}

/** @param {import("node:child_process").ChildProcess} browser @returns {Promise<string>} */
function debuggerAddress(browser) {
  return new Promise((resolve, reject) => {
    let text = "";
    browser.once("error", reject);
    browser.once("exit", () => reject(new Error(`Chromium ended before it was ready: ${text.slice(-500)}`)));
    browser.stderr?.on("data", (data) => {
      text += data;
      const found = /DevTools listening on ws:\/\/([^/]+)\//.exec(text);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
  });
}
