const secretLine = /^(\s+[^\s=]*(?:token|secret|passw|key|credential|auth)[^\s=]*=).+$/gim;

/**
 * Masks the values of labels and variables whose names speak of a secret, one `  name=value` per line.
 *
 * A real server prints the token of the egress sidecar in clear (divergence L25). What a name does not give away stays.
 */
export function maskValues(text: string): string {
  return text.replace(secretLine, "$1***");
}
