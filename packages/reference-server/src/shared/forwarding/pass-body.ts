import type { ClientRequest, IncomingMessage } from "node:http";

/**
 * Passes the body of a request on to a peer. What still comes when the peer has answered early or is gone is read and
 * dropped: a body that nobody reads would hide the client's next request on its connection, and the end of that
 * connection, for good.
 */
export function passBody(request: IncomingMessage, peer: ClientRequest): void {
  request.pipe(peer);
  peer.once("close", () => request.unpipe(peer).resume());
}
