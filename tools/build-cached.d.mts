export interface BuildCachedOptions {
  /** The folder of package.json. */
  root: string;
  /** The result is `build/NAME`. */
  name: string;
  /** Files and folders below `root`. */
  inputs: string[];
  /** Shown when something is built. */
  announce: string;
  build(outDirectory: string): Promise<unknown>;
}

/** Answers whether it was built. */
export function buildCached(options: BuildCachedOptions): Promise<boolean>;
