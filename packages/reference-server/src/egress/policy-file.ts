import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { errnoText } from "../execd/system/go-errno.js";
import { encodeJson } from "../shared/go-json/encode-json.js";
import type { PolicyDocument } from "./policy-document.js";

/** Where a sidecar keeps its policy over a restart (`egress.md` 2.4 and 3.5). */
export interface PolicyFile {
  /** The text of the file; `undefined` when there is none, or nothing in it. */
  read(): string | undefined;
  /**
   * Replaces the file as a whole; throws with the sidecar's text when that fails, and then the old one is still there.
   */
  write(policy: PolicyDocument): void;
}

/** The policy in one file, readable for its owner only. */
export function policyFile(path: string): PolicyFile {
  return {
    read() {
      try {
        const text = readFileSync(path, "utf8").trim();
        return text === "" ? undefined : text;
      } catch {
        // A file that cannot be read is as good as none: the sidecar starts with what it was given.
        return undefined;
      }
    },
    write(policy) {
      const next = `${path}.new`;
      try {
        writeFileSync(next, encodeJson(policy), { mode: 0o600 });
        renameSync(next, path);
      } catch (error) {
        rmSync(next, { force: true });
        throw new Error(`open ${path}: ${errnoText(error)}`, { cause: error });
      }
    },
  };
}
