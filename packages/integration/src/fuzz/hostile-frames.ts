import type { Choices } from "./seeded.js";

/**
 * Frames of a WebSocket, few of them as RFC 6455 wants them: reserved bits, wrong masks and lengths, fragments of
 * control frames, garbage.
 */
export function hostileFrames(choices: Choices): Buffer {
  return Buffer.concat(
    Array.from({ length: 1 + choices.below(4) }, () =>
      choices.chance(0.1) ? choices.bytes(choices.below(40)) : frame(choices),
    ),
  );
}

function frame(choices: Choices): Buffer {
  const final = choices.chance(0.8) ? 0x80 : 0;
  const reserved = choices.chance(0.3) ? choices.below(8) << 4 : 0;
  const opcode = choices.pick([0, 1, 2, 8, 9, 10, choices.below(16)]);
  const body =
    opcode === 8
      ? Buffer.concat([closeCode(choices), choices.bytes(choices.below(4))])
      : choices.bytes(choices.below(130));
  const masked = choices.chance(0.4) ? 0x80 : 0;
  return Buffer.concat([
    Buffer.from([final | reserved | opcode]),
    length(choices, body.length, masked),
    masked === 0 ? Buffer.alloc(0) : choices.bytes(choices.chance(0.9) ? 4 : 2),
    body,
  ]);
}

function closeCode(choices: Choices): Buffer {
  const code = Buffer.alloc(choices.pick([2, 2, 2, 1]));
  if (code.length === 2)
    code.writeUInt16BE(choices.pick([0, 999, 1000, 1004, 1005, 1006, 1015, 2999, 65_535, choices.below(65_536)]));
  return code;
}

function length(choices: Choices, actual: number, masked: number): Buffer {
  switch (choices.below(8)) {
    case 0:
      return Buffer.from([masked | 127, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    case 1:
      return Buffer.concat([Buffer.from([masked | 127]), choices.bytes(8)]);
    case 2:
      return Buffer.concat([Buffer.from([masked | 126]), choices.bytes(2)]);
    default:
      return actual < 126 ? Buffer.from([masked | actual]) : Buffer.from([masked | 126, actual >> 8, actual & 255]);
  }
}
