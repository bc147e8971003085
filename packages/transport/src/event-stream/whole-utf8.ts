/**
 * Decodes bytes that are whole characters; invalid ones become U+FFFD and a byte order mark stays.
 *
 * One-shot decoding keeps no state: every stream can share this decoder.
 */
export const wholeUtf8 = /* @__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true });
