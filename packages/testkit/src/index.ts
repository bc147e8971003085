export { createTestTransport, type TestTransport, type TestTransportOptions } from "./transport/test-transport.js";
export type { Answer, FailureAnswer, HttpAnswer, RouteScript, SilentAnswer } from "./transport/answer.js";
export type { ExchangeEnd, RecordedRequest } from "./transport/recorded-request.js";
export { liveBody, type LiveBody } from "./transport/live-body.js";
export { transportFailure } from "./transport/transport-failure.js";
export { executionFrames, type EnvelopeFrame, type ExecutionFramesOptions } from "./byte-script/execution-frames.js";
export { faults } from "./byte-script/faults.js";
export { byteScript, scriptBytes, type ByteScript, type ByteStep } from "./byte-script/byte-script.js";
