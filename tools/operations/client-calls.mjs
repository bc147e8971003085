// @ts-check
import { createClient } from "@rxsandbox/client";
import { firstValueFrom, of, switchMap } from "rxjs";
import { memberCalls } from "./member-calls.mjs";
import { recordingTransport } from "./observe-calls.mjs";

const image = { image: "python:3.11", skipHealthCheck: true };
const vault = { credentials: [], bindings: [] };
const entry = { path: "/a", mode: 644 };

/** What calls need; ids are `s` throughout. @type {Readonly<Record<string, readonly unknown[]>>} */
const args = {
  "client.create": [image],
  "client.provision": [image],
  "client.withSandbox": [image, () => of(0)],
  "client.connect": ["s"],
  "client.resume": ["s"],
  ...Object.fromEntries(
    ["getInfo", "pause", "resume", "kill", "diagnostics"].map((name) => [`client.sandboxes.${name}`, ["s"]]),
  ),
  "client.sandboxes.renew": ["s", 60],
  "client.sandboxes.patchMetadata": ["s", { a: "b" }],
  "client.sandboxes.getEndpoint": ["s", 81],
  "client.sandboxes.getEndpointUrl": ["s", 82],
  "client.sandboxes.getSignedEndpoint": ["s", 83, 4_102_444_800],
  ...Object.fromEntries(
    ["create", "take", "get", "delete", "watch", "waitUntilReady"].map((name) => [`client.snapshots.${name}`, ["s"]]),
  ),
  "sandbox.patchMetadata": [{ a: "b" }],
  "sandbox.renew": [60],
  "sandbox.getEndpoint": [84],
  "sandbox.getEndpointUrl": [85],
  "sandbox.getSignedEndpoint": [86, 4_102_444_800],
  "sandbox.attachSession": ["s"],
  "sandbox.session": ["s"],
  "sandbox.withSession": [{}, () => of(0)],
  "sandbox.patchEgressRules": [[{ action: "allow", target: "a.test" }]],
  "sandbox.deleteEgressRules": [["a.test"]],
  "sandbox.commands.run": ["x"],
  "sandbox.commands.iterate": ["x"],
  "sandbox.commands.start": ["x"],
  "sandbox.commands.getStatus": ["s"],
  "sandbox.commands.getLogs": ["s"],
  "sandbox.commands.interrupt": ["s"],
  "sandbox.files.readFile": ["/a"],
  "sandbox.files.readBytes": ["/a"],
  "sandbox.files.readBytesStream": ["/a"],
  "sandbox.files.iterateBytes": ["/a"],
  "sandbox.files.download": ["/a", () => undefined],
  "sandbox.files.writeFiles": [[{ path: "/a", data: "x" }]],
  "sandbox.files.upload": [[{ path: "/a", data: "x" }]],
  "sandbox.files.getFileInfo": [["/a"]],
  "sandbox.files.deleteFiles": [["/a"]],
  "sandbox.files.deleteDirectories": [["/a"]],
  "sandbox.files.createDirectories": [[{ path: "/a" }]],
  "sandbox.files.search": [{ path: "/a" }],
  "sandbox.files.listDirectory": [{ path: "/a" }],
  "sandbox.files.moveFiles": [[{ src: "/a", dest: "/b" }]],
  "sandbox.files.setPermissions": [[entry]],
  "sandbox.files.replaceContents": [[{ path: "/a", oldContent: "a", newContent: "b" }]],
  "sandbox.files.replaceContentsDetailed": [[{ path: "/a", oldContent: "a", newContent: "b" }]],
  "sandbox.code.createContext": [{ language: "python" }],
  "sandbox.code.withContext": [{ language: "python" }, () => of(0)],
  "sandbox.code.attachContext": ["s"],
  "sandbox.code.getContext": ["s"],
  "sandbox.code.deleteContext": ["s"],
  "sandbox.code.deleteContexts": ["python"],
  "sandbox.code.run": ["1", { language: "python" }],
  "sandbox.code.interrupt": ["s"],
  "sandbox.credentialVault.create": [vault],
  "sandbox.credentialVault.patch": [{ expectedRevision: 1 }],
  "sandbox.credentialVault.getCredential": ["c"],
  "sandbox.credentialVault.getBinding": ["b"],
  "sandbox.isolation.create": [{ workspace: { path: "/w" } }],
  "sandbox.isolation.withSession": [{ workspace: { path: "/w" } }, () => of(0)],
  "sandbox.isolation.attach": ["s"],
  "sandbox.terminals.attach": ["s"],
  "sandbox.terminals.create": [{}],
  "sandbox.terminals.open": [{}],
  "sandbox.terminals.withTerminal": [{}, () => of(0)],
  "sandbox.terminals.get": ["s"],
  "sandbox.terminals.delete": ["s"],
};

/** The public calls of the client, over a transport that records. */
export async function clientCalls() {
  const transport = recordingTransport();
  const client = createClient({ domain: "cp.test", transport, retry: false });
  const sandbox = await firstValueFrom(client.connect("s", { skipHealthCheck: true }));
  /** @type {Record<string, () => unknown>} */
  const calls = {
    ...memberCalls("client", client, args),
    ...memberCalls("sandbox", sandbox, args),
    "session.run": () => sandbox.attachSession("s").run("x"),
    "session.iterate": () => sandbox.attachSession("s").iterate("x"),
    "session.delete": () => sandbox.attachSession("s").delete(),
    "terminal.output": () => sandbox.terminals.attach("s").pipe(switchMap((terminal) => terminal.output)),
    "terminal.getInfo": () => sandbox.terminals.attach("s").pipe(switchMap((terminal) => terminal.getInfo())),
    "terminal.delete": () => sandbox.terminals.attach("s").pipe(switchMap((terminal) => terminal.delete())),
    "isolatedSession.run": () => sandbox.isolation.attach("s").run("x"),
    "isolatedSession.get": () => sandbox.isolation.attach("s").get(),
    "isolatedSession.delete": () => sandbox.isolation.attach("s").delete(),
    "diagnostics.describe": () => sandbox.diagnostics.describe("logs", "all").pipe(switchMap(() => of(0))),
  };
  return { transport, calls, close: () => client.close() };
}
