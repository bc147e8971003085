/** Path of one sandbox below the base of the lifecycle API. */
export function sandboxPath(id: string): `/${string}` {
  return `/sandboxes/${encodeURIComponent(id)}`;
}
