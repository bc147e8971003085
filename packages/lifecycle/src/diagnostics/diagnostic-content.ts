import type { WireDiagnosticContent } from "@rxsandbox/protocol";
import { ProtocolError } from "@rxsandbox/transport";
import { parseDate } from "../info/sandbox-info.js";

/** What a server says about one scope (`lifecycle.md` 8): the content itself, or where it lies. */
export interface DiagnosticContent {
  readonly sandboxId: string;
  readonly kind: string;
  readonly scope: string;
  /** `inline` or `url`; an open set. */
  readonly delivery: string;
  readonly contentType: string;
  readonly truncated: boolean;
  /** There when delivery is `inline`. */
  readonly content?: string;
  /** There when delivery is `url`; it opens the content to whoever has it. */
  readonly contentUrl?: string;
  readonly expiresAt?: Date;
  readonly contentLength?: number;
  readonly warnings: readonly string[];
}

/** Reads a descriptor of the wire; throws a `ProtocolError` when a field that clients rely on is missing. */
export function parseDiagnosticContent(value: unknown): DiagnosticContent {
  const wire = value as Partial<WireDiagnosticContent> | null;
  if (typeof wire !== "object" || wire === null) throw new ProtocolError("the answer has no diagnostics");
  const text = (name: "sandboxId" | "kind" | "scope" | "delivery" | "contentType"): string => {
    const field = wire[name];
    if (typeof field !== "string") throw new ProtocolError(`the answer has no ${name}`);
    return field;
  };
  const delivery = text("delivery");
  if (delivery === "inline" && typeof wire.content !== "string") throw new ProtocolError("the answer has no content");
  if (delivery === "url" && typeof wire.contentUrl !== "string")
    throw new ProtocolError("the answer has no contentUrl");
  return {
    sandboxId: text("sandboxId"),
    kind: text("kind"),
    scope: text("scope"),
    delivery,
    contentType: text("contentType"),
    truncated: wire.truncated === true,
    ...(wire.content != null && { content: wire.content }),
    ...(wire.contentUrl != null && { contentUrl: wire.contentUrl }),
    ...(wire.expiresAt != null && { expiresAt: parseDate("expiresAt", wire.expiresAt) }),
    ...(wire.contentLength != null && { contentLength: wire.contentLength }),
    warnings: wire.warnings ?? [],
  };
}
