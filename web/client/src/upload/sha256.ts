/** Of all that hash-wasm has, this alone is loaded. */
export { createSHA256 } from "hash-wasm";
