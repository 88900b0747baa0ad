export interface ServerEvent {
  event: string;
  data: string;
  id: string | null;
}

/** The events of a `text/event-stream` (WHATWG HTML, 9.2); throws a `TimeoutError` when nothing came for so long. */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  { silenceMilliseconds }: { silenceMilliseconds: number },
): AsyncGenerator<ServerEvent, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await soon(reader.read(), silenceMilliseconds);
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = lines.pop() ?? '';
      for (const block of lines) {
        const event = eventOf(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(block: string): ServerEvent | null {
  const found: ServerEvent = { event: 'message', data: '', id: null };
  let isEmpty = true;
  for (const line of block.split(/\r?\n/)) {
    const [, name = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    if (name !== 'event' && name !== 'data' && name !== 'id') continue;
    found[name] = name === 'data' && found.data !== '' ? `${found.data}\n${value}` : value;
    isEmpty = false;
  }
  return isEmpty ? null : found;
}

async function soon<Result>(promise: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DOMException('Nothing came.', 'TimeoutError')), milliseconds);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}
