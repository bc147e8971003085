import type { CheckContext } from "../../model/check-context.js";
import type { Endpoint } from "../../model/endpoint.js";
import { statusOf } from "../../model/read-exchange.js";
import type { WireExchange } from "../../model/wire-exchange.js";

/** One part of a form. */
export interface FormPart {
  readonly name: "metadata" | "file";
  readonly content: string | Uint8Array;
  /** Without one, the daemon takes the part for a plain value (`execd.md` 6.1). */
  readonly filename?: string;
}

/** A file to upload. */
export interface UploadedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly mode?: number;
}

/** Sends a form as `POST /files/upload`. */
export function sendForm(execd: Endpoint, boundary: string, parts: readonly FormPart[]): Promise<WireExchange> {
  const body = Buffer.concat([
    ...parts.flatMap(({ name, content, filename }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? "" : `; filename="${filename}"`}\r\nContent-Type: ${name === "metadata" ? "application/json" : "application/octet-stream"}\r\n\r\n`,
      ),
      typeof content === "string" ? Buffer.from(content, "utf8") : content,
      Buffer.from("\r\n"),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return execd.call({
    method: "POST",
    path: "/files/upload",
    headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` },
    body,
  });
}

/** Uploads files in one form; the check is blocked on nothing: a refusal is a violation of the upload clause. */
export async function upload(context: CheckContext, execd: Endpoint, files: readonly UploadedFile[]): Promise<void> {
  const parts = files.flatMap(({ path, content, mode }): FormPart[] => [
    {
      name: "metadata",
      filename: "metadata",
      content: JSON.stringify({ path, ...(mode === undefined ? {} : { mode }) }),
    },
    { name: "file", filename: "file", content },
  ]);
  const answer = await sendForm(execd, `b${context.random.token(24)}`, parts);
  context.must(statusOf(answer) === 200, {
    clause: "execd.files.upload",
    invariant: "upload-accepted",
    expected: 200,
    observed: statusOf(answer),
  });
}

/** Downloads a file, with further query and headers. */
export function download(
  execd: Endpoint,
  path: string,
  options: { readonly query?: string; readonly range?: string } = {},
): Promise<WireExchange> {
  const { query = "", range } = options;
  return execd.call({
    method: "GET",
    path: `/files/download?path=${encodeURIComponent(path)}${query}`,
    ...(range === undefined ? {} : { headers: { Range: range } }),
  });
}
