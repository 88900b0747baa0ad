export const architectures: string[];
export function packageLambda(options: {
  architecture: string;
  outFile: string;
}): Promise<{ zipBytes: number; unzippedBytes: number }>;
