/** The exports of the module with int8: all that the other one has, and these. */
export * from "./index";
export { multiplyInt8 } from "./matmul-int8";
export { packInt8, sizeInt8 } from "./pack-int8";
