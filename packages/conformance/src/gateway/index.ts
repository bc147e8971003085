export { startGateway, type Gateway } from "./start-gateway.js";
export type { GatewayUpstream } from "./address-book.js";
export { throughGateway } from "./through-gateway.js";
export type {
  Alteration,
  GatewayAnswer,
  GatewayPart,
  GatewayRequest,
  SocketMessage,
  StreamAct,
  StreamFrame,
} from "./alteration.js";
