import type { WireErrorBody } from "@rxsandbox/protocol";

/** What a call takes. */
interface Taken {
  readonly path?: object;
  readonly query?: object;
  /** One that may be left out includes `undefined`. */
  readonly body?: unknown;
}

/** An answer with a JSON body. */
export interface Json<T> {
  headers: Record<string, unknown>;
  content: { "application/json": T };
}

/** An answer with a text body. */
export interface Text {
  headers: Record<string, unknown>;
  content: { "text/plain": string };
}

/** An answer whose body is a stream of events. */
export interface Events<T> {
  headers: Record<string, unknown>;
  content: { "text/event-stream": T };
}

/** An answer whose body is bytes. */
export interface Bytes {
  headers: Record<string, unknown>;
  content: { "application/octet-stream": string };
}

/** An answer without a body. */
export interface Empty {
  headers: Record<string, unknown>;
  content?: never;
}

/** One call, in the shape that `openapi-fetch` reads: its answers by status, and what it takes. */
export type Operation<Answers, Takes extends Taken = object> = {
  parameters: { header?: never; cookie?: never } & PathOf<Takes> & QueryOf<Takes>;
  responses: Answers & { default: Json<WireErrorBody> };
} & BodyOf<Takes>;

type PathOf<Takes> = Takes extends { path: infer Path } ? { path: Path } : { path?: never };
type QueryOf<Takes> = Takes extends { query: infer Query }
  ? object extends Query
    ? { query?: Query }
    : { query: Query }
  : { query?: never };
type BodyOf<Takes> = Takes extends { body: infer Body }
  ? undefined extends Body
    ? { requestBody?: Content<NonNullable<Body>> }
    : { requestBody: Content<Body> }
  : { requestBody?: never };

interface Content<Body> {
  content: { "application/json": Body };
}
