/**
 * How sandboxes are reached: `direct` at the address that the server hands out; `proxy` through the control plane;
 * `signed` through a gateway with a route that carries its own permission for `ttlSeconds` (`lifecycle.md` 5).
 */
export type Access = "direct" | "proxy" | { readonly kind: "signed"; readonly ttlSeconds: number };
