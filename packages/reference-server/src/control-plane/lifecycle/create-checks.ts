import { problem } from "../http/http-problem.js";
import type { CreateRequest } from "../requests/create-request.js";
import { isBlank } from "../requests/scalar-rules.js";
import { checkCreateMetadata } from "../requests/metadata-labels.js";

/** Last instant that a date of four digits holds. */
const LAST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

const EXTEND_KEY = "access.renew.extend.seconds";

/** What the checks of a create request find out. */
export interface CheckedCreate {
  readonly platform: { readonly os: string; readonly arch: string } | undefined;
  readonly expiresAtMs: number | undefined;
  readonly extendSeconds: number | undefined;
}

/** Refuses what is well formed and yet impossible, with the codes of `lifecycle.md` 1.1. */
export function checkCreate(
  request: CreateRequest,
  context: { readonly nowMs: number; readonly maxTimeoutSeconds: number | undefined },
): CheckedCreate {
  if (!isBlank(request.extensions?.["poolRef"])) {
    throw problem(
      400,
      "SANDBOX::UNSUPPORTED_POOL_REF",
      "poolRef is not supported by the Docker provider. Use Kubernetes BatchSandbox provider instead.",
    );
  }
  checkCreateMetadata(request.metadata ?? {});
  const extendSeconds = readExtendSeconds(request.extensions?.[EXTEND_KEY]);
  const platform = readPlatform(request.platform);
  if (request.secureAccess === true) {
    throw invalidParameter(
      "secureAccess is not supported when runtime.type='docker'. Use the Kubernetes runtime to create secured sandboxes.",
    );
  }
  return { platform, extendSeconds, expiresAtMs: readExpiry(request.timeout, context) };
}

function readExpiry(
  seconds: number | undefined,
  context: { readonly nowMs: number; readonly maxTimeoutSeconds: number | undefined },
): number | undefined {
  if (seconds === undefined) return undefined;
  if (context.maxTimeoutSeconds !== undefined && seconds > context.maxTimeoutSeconds) {
    throw invalidParameter(
      `Sandbox timeout ${decimal(seconds)}s exceeds configured maximum of ${context.maxTimeoutSeconds}s.`,
    );
  }
  const expiresAtMs = context.nowMs + seconds * 1000;
  if (expiresAtMs > LAST_INSTANT_MS)
    throw invalidParameter(`Sandbox timeout ${decimal(seconds)}s is too large to represent safely.`);
  return expiresAtMs;
}

function readExtendSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const where = `Invalid extensions["${EXTEND_KEY}"]`;
  if (!/^\d+$/.test(text))
    throw invalidParameter(`${where}: must be a base-10 integer string between 300 and 86400, got '${text}'.`);
  const seconds = Number(text);
  if (seconds < 300 || seconds > 86_400) {
    throw invalidParameter(
      `${where}: must be between 300 and 86400 seconds (5 minutes to 24 hours inclusive), got ${decimal(seconds)}.`,
    );
  }
  return seconds;
}

function readPlatform(
  platform: { readonly os?: string; readonly arch?: string } | undefined,
): CheckedCreate["platform"] {
  if (platform === undefined) return undefined;
  const os = (platform.os ?? "").trim().toLowerCase();
  const arch = (platform.arch ?? "").trim().toLowerCase();
  if (!["linux", "windows"].includes(os))
    throw invalidParameter(`Unsupported platform.os '${os}'. Supported values: ['linux', 'windows'].`);
  if (!["amd64", "arm64"].includes(arch))
    throw invalidParameter(`Unsupported platform.arch '${arch}'. Supported values: ['amd64', 'arm64'].`);
  if (os === "windows") {
    throw problem(
      500,
      "DOCKER::SANDBOX_EXECD_DISTRIBUTION_FAILED",
      "This server runs processes on its own machine and cannot run Windows sandboxes.",
    );
  }
  return { os, arch };
}

/** Digits without an exponent. */
function decimal(value: number): string {
  const match = /^(\d)(?:\.(\d+))?e\+(\d+)$/.exec(String(value));
  return match === null ? String(value) : `${match[1]}${match[2] ?? ""}`.padEnd(Number(match[3]) + 1, "0");
}

function invalidParameter(message: string): Error {
  return problem(400, "SANDBOX::INVALID_PARAMETER", message);
}
