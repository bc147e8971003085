import ts from "typescript";

/** The same program in another layout: other indentation, other line breaks, no comments. */
export function reprinted(text: string): string {
  const source = ts.createSourceFile("reprinted.ts", text, ts.ScriptTarget.ES2022);
  return ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.CarriageReturnLineFeed }).printFile(source);
}
