/** Values that must not appear in anything that is written or printed. */
export interface Secrets {
  add(value: string): void;
  /** Replaces every secret, raw, percent-encoded and in base64, by `[redacted]`. */
  redact(text: string): string;
  /** Replaces them by as many `*`: for texts whose places mean something. */
  mask(text: string): string;
}

/** Shorter values would turn harmless text into `[redacted]`. */
export const MIN_SECRET_LENGTH = 6;

/** Makes an empty register. */
export function secretRegister(): Secrets {
  const known = new Set<string>();
  let ordered: readonly string[] = [];
  return {
    add(value) {
      if (value.length < MIN_SECRET_LENGTH || known.has(value)) return;
      known.add(value);
      const forms = [...known].flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        JSON.stringify(secret).slice(1, -1),
        Buffer.from(secret).toString("base64").replace(/=+$/, ""),
      ]);
      // Longest first: a secret may contain another.
      ordered = [...new Set(forms)].sort((a, b) => b.length - a.length);
    },
    mask: (text) => ordered.reduce((result, secret) => result.replaceAll(secret, "*".repeat(secret.length)), text),
    redact: (text) => ordered.reduce((result, secret) => result.replaceAll(secret, "[redacted]"), text),
  };
}
