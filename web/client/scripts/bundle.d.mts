/** Bytes, minified and gzipped. */
export interface BundleSizes {
  readonly client: number;
  readonly react: number;
  /** What is loaded when it is used first: the upload protocol, the hash. */
  readonly lazy: number;
}

/** KiB. */
export const BUDGET: BundleSizes;
export function bundleSizes(): Promise<BundleSizes>;
