import { type Duplex, pipeline } from "node:stream";

/** Joins two connections byte by byte, after what has already arrived of each; the end of either ends the other. */
export function joinConnections(client: Duplex, clientHead: Buffer, peer: Duplex, peerHead: Buffer): void {
  if (peerHead.length > 0) client.write(peerHead);
  if (clientHead.length > 0) peer.write(clientHead);
  pipeline(client, peer, () => peer.destroy());
  pipeline(peer, client, () => client.destroy());
}
