import ts from "typescript";

/** A token of a source: its text in one spelling, and where it stands. */
export interface CodeToken {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The tokens of a piece of TypeScript, without what a formatter may change: white space, comments, the quotes of a
 * string, the spelling of a number and a comma before a closing bracket. The piece may be any run of tokens. A `/` is
 * read as a division behind a value, else as a regular expression. Template literals with substitutions are not
 * supported and throw.
 */
export function codeTokens(text: string): readonly CodeToken[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, true, ts.LanguageVariant.Standard, text);
  const tokens: CodeToken[] = [];
  let isBehindValue = false;
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (!isBehindValue && (kind === ts.SyntaxKind.SlashToken || kind === ts.SyntaxKind.SlashEqualsToken))
      kind = scanner.reScanSlashToken();
    if (kind === ts.SyntaxKind.TemplateHead)
      throw new Error(`a template literal with substitutions is not supported: ${scanner.getTokenText()}`);
    if (isCloser(kind) && tokens.at(-1)?.text === ",") tokens.pop();
    tokens.push({ text: spelling(scanner, kind), start: scanner.getTokenStart(), end: scanner.getTokenEnd() });
    isBehindValue = endsValue(kind);
  }
  return tokens;
}

/** A string is the same with any quotes, a number in any base. */
function spelling(scanner: ts.Scanner, kind: ts.SyntaxKind): string {
  if (kind === ts.SyntaxKind.StringLiteral) return JSON.stringify(scanner.getTokenValue());
  return kind === ts.SyntaxKind.NumericLiteral ? scanner.getTokenValue() : scanner.getTokenText();
}

function isCloser(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.CloseParenToken ||
    kind === ts.SyntaxKind.CloseBracketToken ||
    kind === ts.SyntaxKind.CloseBraceToken
  );
}

function endsValue(kind: ts.SyntaxKind): boolean {
  const isLiteral = kind >= ts.SyntaxKind.FirstLiteralToken && kind <= ts.SyntaxKind.LastLiteralToken;
  return (
    isLiteral ||
    kind === ts.SyntaxKind.Identifier ||
    kind === ts.SyntaxKind.CloseParenToken ||
    kind === ts.SyntaxKind.CloseBracketToken
  );
}
