/** A language that a code interpreter image has a kernel for. */
export type SupportedLanguage = "python" | "go" | "javascript" | "typescript" | "bash" | "java";

/** What a new code context is for, as the wire has it. */
export interface CodeContextRequest extends Record<string, unknown> {
  language: string;
}
