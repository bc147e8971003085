import type { SupportedLanguage } from "../models/code.js";

/** The languages of the official code interpreter image. */
export const SupportedLanguages = {
  PYTHON: "python",
  JAVA: "java",
  GO: "go",
  TYPESCRIPT: "typescript",
  JAVASCRIPT: "javascript",
  BASH: "bash",
} as const satisfies Record<string, SupportedLanguage>;
