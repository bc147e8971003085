/** A language that a code interpreter image has a kernel for. */
export type SupportedLanguage = "python" | "go" | "javascript" | "typescript" | "bash" | "java";

/** What a new code context is for, as the wire has it. */
export interface CodeContextRequest extends Record<string, unknown> {
  language: string;
}

/** The languages of the official code interpreter image. */
export const SupportedLanguages = {
  PYTHON: "python",
  JAVA: "java",
  GO: "go",
  TYPESCRIPT: "typescript",
  JAVASCRIPT: "javascript",
  BASH: "bash",
} as const satisfies Record<string, SupportedLanguage>;
