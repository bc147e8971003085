import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { percentile } from "../table/statistics.js";
import type { Sample } from "../worker/task.js";
import type { PageFigures, PageWay } from "./page-script.js";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const PAGE_MS = 120_000;
const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--window-size=1000,800",
];

/** Why no page can be measured on this machine; `undefined` where it can. */
export async function whyNoChromium(): Promise<string | undefined> {
  const isThere = await access(chromium).then(
    () => true,
    () => false,
  );
  return isThere ? undefined : `no Chromium at ${chromium} (set CHROMIUM)`;
}

/** Opens a page in a fresh Chromium that shows lines in one way, and resolves with what it measured. */
export async function samplePage(way: PageWay): Promise<Sample> {
  const script = await bundle();
  const profile = await mkdtemp(join(tmpdir(), "rxsandbox-bench-page-"));
  const told = withResolvers<PageFigures>();
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let body = "";
      request.on("data", (chunk) => (body += chunk));
      request.on("end", () => {
        response.end();
        told.resolve(JSON.parse(body) as PageFigures);
      });
      return;
    }
    const isScript = request.url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript ? script : '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>',
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const browser = spawn(chromium, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/#${way}`], {
    stdio: "ignore",
  });
  browser.once("error", told.reject);
  browser.once("exit", () => told.reject(new Error("Chromium ended before the page had measured")));
  const timer = setTimeout(() => told.reject(new Error(`the page took more than ${PAGE_MS} ms`)), PAGE_MS);
  try {
    const figures = await told.promise;
    if (figures.error !== undefined) throw new Error(figures.error);
    return { ms: figures.ms, frames: figures.frames.length, frameP95Ms: percentile(figures.frames, 95) };
  } finally {
    clearTimeout(timer);
    server.close();
    server.closeAllConnections();
    if (browser.exitCode === null && browser.kill("SIGKILL")) await once(browser, "exit");
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./page-script.js", import.meta.url))],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    minify: true,
  });
  return outputFiles[0]?.text ?? "";
}

function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((...given) => ([resolve, reject] = given));
  return { promise, resolve, reject };
}
