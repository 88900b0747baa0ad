export function serveExample(options: {
  service: string;
  port?: number;
}): Promise<{ url: string; close(): Promise<void> }>;
