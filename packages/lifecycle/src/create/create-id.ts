import { randomHex } from "../random-hex.js";

/** Mints the label by which a create is found again when its answer is lost. */
export const mintCreateId = randomHex;
