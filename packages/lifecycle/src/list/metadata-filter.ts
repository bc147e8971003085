/**
 * Writes a metadata filter: key and value encoded once each and joined (divergence L16). The query layer then encodes
 * the whole once more.
 */
export function metadataFilter(metadata: Readonly<Record<string, string>>): string | undefined {
  const pairs = Object.entries(metadata).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return pairs.length === 0 ? undefined : pairs.join("&");
}
