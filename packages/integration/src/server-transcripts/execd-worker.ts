import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Token of the profile `execd-token`. */
export const ACCESS_TOKEN = "transcript-access-token";

/** A running execd worker of the reference server with the files the recordings saw. */
export interface ExecdWorker {
  readonly port: number;
  /** What `/tmp/t` is in the recordings. */
  readonly root: string;
  /** Resident memory of the worker; needs `/proc`. */
  memoryMib(): number;
  /** Size of the largest output its commands have written. */
  capturedBytes(): number;
  stop(): Promise<void>;
}

/** Starts the built worker as the profile of a recording asks (transcripts README, Profiles). */
export async function startExecdWorker(profile: string, isConfined = false): Promise<ExecdWorker> {
  const root = mkdtempSync(join(tmpdir(), "rxsandbox-execd-"));
  writeFixtures(root);
  const config = {
    listen: { host: "127.0.0.1", port: 0 },
    home: root,
    workingDirectory: root,
    env: { PATH: process.env["PATH"] ?? "/usr/bin:/bin", LANG: "C.UTF-8", HOME: root, TMPDIR: join(root, "tmp") },
    tailMs: profile === "execd-grace0" ? 0 : 1000,
    pollMs: 100,
    pingMs: 3000,
    framing: "bare",
    // The recorded daemon had no Jupyter server.
    codeKernels: false,
    roots: isConfined ? [root] : null,
    ...(profile === "execd-token" ? { accessToken: ACCESS_TOKEN } : {}),
    faults: [],
  };
  const worker = spawn(process.execPath, [ENTRY], { stdio: ["pipe", "pipe", "inherit"] });
  worker.stdin?.write(`${JSON.stringify(config)}\n`);
  const port = await readPort(worker);
  return {
    port,
    root,
    memoryMib: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, "utf8"))?.[1]) / 1024,
    capturedBytes: () =>
      Math.max(0, ...readdirSync(join(root, "tmp")).map((name) => statSync(join(root, "tmp", name)).size)),
    async stop() {
      const exited = once(worker, "exit");
      worker.stdin?.end();
      await exited;
      rmSync(root, { recursive: true, force: true });
    },
  };
}

const ENTRY = fileURLToPath(new URL("../../../reference-server/dist/execd/main.js", import.meta.url));

async function readPort(worker: ChildProcess): Promise<number> {
  const failed = once(worker, "exit").then(() =>
    Promise.reject(new Error(`${ENTRY} did not start; is the package built?`)),
  );
  const [line] = (await Promise.race([once(worker.stdout ?? worker, "data"), failed])) as [Buffer];
  failed.catch(() => {});
  return (JSON.parse(line.toString("utf8")) as { port: number }).port;
}

/** The files of the transcripts README, and what the recorder made before single cases. */
function writeFixtures(root: string): void {
  // Commands under other users must reach it.
  chmodSync(root, 0o755);
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
  for (const directory of ["dir", "f/sub", "f/src/deep", "rm/d", "mv"])
    mkdirSync(join(root, directory), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    "file.txt": "file\n",
    "f/a.txt": "abcdefghijklmnopqrstuvwxyz\n",
    "f/empty": "",
    "f/café.txt": "caf\n",
    "f/lines.txt": "one\r\ntwo\r\nthree\nfour\nfive\n",
    "f/big.txt": Array.from({ length: 400 }, (_, index) => `line ${String(index + 1).padStart(4, "0")}\n`).join(""),
    "f/run.sh": "#!/bin/sh\n",
    "f/src/x.ts": "x\n",
    "f/src/deep/y.ts": "y\n",
    "f/sub/inner.txt": "i\n",
    "rm/f": "f",
    "mv/a": "a",
    "mv/b": "b",
    "perm.txt": "x",
    "rep.txt": "a-a-b",
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content, { mode: 0o644 });
  }
  chmodSync(join(root, "f/run.sh"), 0o755);
  const links: Readonly<Record<string, string>> = {
    "f/link": "a.txt",
    "f/dangling": "/nope",
    "f/sublink": "sub",
    "rm/dang": "/nope",
    "rm/dl": "d",
  };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
}
