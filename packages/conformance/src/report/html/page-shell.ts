import { escapeHtml } from "./escape-html.js";
import { pageStyles } from "./page-assets.js";

/** A whole page with its styles and script inside; it loads nothing, and its policy forbids it to. */
export function pageShell(title: string, body: string, script = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
${pageStyles()}</style>
</head>
<body>
${body}
${script === "" ? "" : `<script>\n${script}</script>`}
</body>
</html>
`;
}
