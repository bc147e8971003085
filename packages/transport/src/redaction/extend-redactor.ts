import { createRedactor, type Redactor } from "./redactor.js";

/** A redactor for one call that knows further secrets without burdening the given one with them. */
export function extendRedactor(redactor: Redactor, secrets: readonly string[]): Redactor {
  if (secrets.length === 0) return redactor;
  const own = createRedactor(secrets);
  return {
    text: (text) => redactor.text(own.text(text)),
    json: (value) => redactor.json(own.json(value)),
    addSecret: (secret) => redactor.addSecret(secret),
  };
}
