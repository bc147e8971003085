import fc from "fast-check";

// In CI every run tries the same cases, so that a red build is red for everybody; elsewhere each run tries new ones.
// A failure prints its seed either way; RXSANDBOX_SEED repeats it.
const seed = process.env["RXSANDBOX_SEED"] ?? (process.env["CI"] === "true" ? "20260101" : undefined);
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
