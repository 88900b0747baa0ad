import { connect } from 'node:net';

export interface RawAnswer {
  /** All that came, as it came. */
  text: string;
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The other side closed the connection by itself. */
  closed: boolean;
}

/** Sends bytes as they are and takes what comes back, until the other side closes or is silent for a while. */
export function rawHttp(url: string, request: string | Buffer, { silenceMs = 300 } = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(request));
    const finish = (closed: boolean) => {
      socket.destroy();
      const text = Buffer.concat(chunks).toString('latin1');
      const [head = '', ...body] = text.split('\r\n\r\n');
      const [statusLine = '', ...lines] = head.split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => {
          const [name = '', ...value] = line.split(': ');
          return [name.toLowerCase(), value.join(': ')];
        }),
      );
      const status = Number(statusLine.split(' ')[1] ?? 0);
      resolve({ text, status, headers, body: body.join('\r\n\r\n'), closed });
    };
    socket.setTimeout(silenceMs, () => finish(false));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => finish(true));
  });
}
