// @ts-check
import { ConnectionConfig, Sandbox, SandboxManager } from "@rxsandbox/compat";
import { memberCalls } from "./member-calls.mjs";
import { recordingTransport } from "./observe-calls.mjs";

const entry = { path: "/a", mode: 644 };
const replacement = [{ path: "/a", oldContent: "a", newContent: "b" }];
const instant = "2100-01-01T00:00:00Z";

/** What calls need; ids are `s` throughout. @type {Readonly<Record<string, readonly unknown[]>>} */
const args = {
  "sandbox.renew": [60],
  "sandbox.patchMetadata": [{ a: "b" }],
  "sandbox.patchEgressRules": [[{ action: "allow", target: "a.test" }]],
  "sandbox.deleteEgressRules": [["a.test"]],
  "sandbox.getEndpoint": [81],
  "sandbox.getEndpointUrl": [82],
  "sandbox.getSignedEndpoint": [83, 4_102_444_800],
  "sandbox.waitUntilReady": [{ readyTimeoutSeconds: 1, pollingIntervalMillis: 50 }],
  "sandbox.commands.run": ["x"],
  "sandbox.commands.runStream": ["x"],
  "sandbox.commands.interrupt": ["s"],
  "sandbox.commands.getCommandStatus": ["s"],
  "sandbox.commands.getBackgroundCommandLogs": ["s"],
  "sandbox.commands.runInSession": ["s", "x"],
  "sandbox.commands.deleteSession": ["s"],
  "sandbox.files.getFileInfo": [["/a"]],
  "sandbox.files.search": [{ path: "/a" }],
  "sandbox.files.listDirectory": [{ path: "/a" }],
  "sandbox.files.createDirectories": [[{ path: "/a" }]],
  "sandbox.files.deleteDirectories": [["/a"]],
  "sandbox.files.writeFiles": [[{ path: "/a", data: "x" }]],
  "sandbox.files.readFile": ["/a"],
  "sandbox.files.readBytes": ["/a"],
  "sandbox.files.readBytesStream": ["/a"],
  "sandbox.files.deleteFiles": [["/a"]],
  "sandbox.files.moveFiles": [[{ src: "/a", dest: "/b" }]],
  "sandbox.files.replaceContents": [replacement],
  "sandbox.files.replaceContentsDetailed": [replacement],
  "sandbox.files.setPermissions": [[entry]],
  "sandbox.credentialVault.create": [{ credentials: [], bindings: [] }],
  "sandbox.credentialVault.patch": [{ expectedRevision: 1 }],
  "sandbox.credentialVault.getCredential": ["c"],
  "sandbox.credentialVault.getBinding": ["b"],
  "sandbox.isolation.create": [{ workspace: { path: "/w" } }],
  "sandbox.isolation.attach": ["s"],
  "sandbox.isolation.runOnce": ["x", "/w"],
  "sandbox.isolation.withSession": [{ workspace: { path: "/w" } }, async () => undefined],
  "sandbox.sandboxes.createSandbox": [{ image: { uri: "python:3.11" }, resourceLimits: {} }],
  "sandbox.sandboxes.patchSandboxMetadata": ["s", { a: "b" }],
  "sandbox.sandboxes.renewSandboxExpiration": ["s", { expiresAt: instant }],
  "sandbox.sandboxes.getSandboxEndpoint": ["s", 84],
  "sandbox.sandboxes.getSignedEndpoint": ["s", 85, 4_102_444_800],
  ...Object.fromEntries(
    [
      "getSandbox",
      "deleteSandbox",
      "pauseSandbox",
      "resumeSandbox",
      "createSnapshot",
      "getSnapshot",
      "deleteSnapshot",
    ].map((name) => [`sandbox.sandboxes.${name}`, ["s"]]),
  ),
  ...Object.fromEntries(
    [
      "getSandboxInfo",
      "killSandbox",
      "pauseSandbox",
      "resumeSandbox",
      "createSnapshot",
      "getSnapshot",
      "deleteSnapshot",
    ].map((name) => [`manager.${name}`, ["s"]]),
  ),
  "manager.patchSandboxMetadata": ["s", { a: "b" }],
  "manager.renewSandbox": ["s", 60],
};

/** The public calls of compat, over a transport that records. */
export async function compatCalls() {
  const transport = recordingTransport();
  const connectionConfig = new ConnectionConfig({ domain: "cp.test", transport });
  const sandbox = await Sandbox.connect({ sandboxId: "s", connectionConfig });
  const manager = SandboxManager.create({ connectionConfig });
  /** @type {Record<string, () => unknown>} */
  const calls = {
    "Sandbox.create": () => Sandbox.create({ image: "python:3.11", connectionConfig }),
    "Sandbox.connect": () => Sandbox.connect({ sandboxId: "s", connectionConfig }),
    "Sandbox.resume": () => Sandbox.resume({ sandboxId: "s", connectionConfig }),
    ...memberCalls("sandbox", sandbox, args),
    ...memberCalls("manager", manager, args),
  };
  return { transport, calls, close: () => connectionConfig.closeTransport() };
}
