import { type Duplex, pipeline } from "node:stream";
import { destroySoon } from "./destroy-soon.js";

/**
 * Joins two connections byte by byte, after what has already arrived of each. The end of either ends the other, within
 * a few seconds also where that does not read what it was sent.
 */
export function joinConnections(client: Duplex, clientHead: Buffer, peer: Duplex, peerHead: Buffer): void {
  if (peerHead.length > 0) client.write(peerHead);
  if (clientHead.length > 0) peer.write(clientHead);
  for (const [one, other] of [
    [client, peer],
    [peer, client],
  ] as const) {
    one.once("end", () => destroySoon(other));
    pipeline(one, other, () => other.destroy());
  }
}
