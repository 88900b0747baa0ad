import { describe, expect, it } from '@jest/globals';
import { createDarkroomClient, memoryTokens } from '../../../client/src/index.ts';

const event = (id: string, imageId: string) => `data: {"type":"deleted","id":"${imageId}"}\nid: ${id}\n\n\n`;
const stream = (...chunks: string[]) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  );

describe('the subscription of the client', () => {
  it('goes on after the last event that arrived: after a break, and with a new token when the old one ended', async () => {
    const asked: [string | null, string | undefined][] = [];
    const answers = [
      // Cut in the middle of an event, which comes again whole.
      () => stream('event: connected\ndata: {}\n\n\n', event('5', 'a'), event('6', 'b').slice(0, 20)),
      () => Promise.reject(new TypeError('fetch failed')),
      () => Response.json({ error: { message: 'no', code: -32001, data: {} } }, { status: 401 }),
      () => stream(event('6', 'b'), 'event: return\ndata: \n\n\n'),
      () => stream(event('7', 'c').slice(0, 9), event('7', 'c').slice(9)),
    ];
    const client = createDarkroomClient({
      url: 'http://darkroom.test',
      tokens: memoryTokens({ access: 'old', refresh: 'refresh' }),
      fetch: async (input, init) => {
        const address = new URL(String(input));
        if (address.pathname === '/token/refresh/') return Response.json({ access: 'new', refresh: 'next' });
        const given = JSON.parse(address.searchParams.get('input') ?? '{}') as { lastEventId?: string };
        asked.push([new Headers(init?.headers).get('authorization'), given.lastEventId]);
        return (answers.shift() ?? (() => new Promise<Response>(() => undefined)))();
      },
    });
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const subscription = client.images.onChange.subscribe(undefined, {
        onData: ({ id, data }) => {
          seen.push(`${id} ${data.type === 'deleted' ? data.id : data.type}`);
          if (id !== '7') return;
          subscription.unsubscribe();
          resolve();
        },
        onError: reject,
      });
    });
    expect(seen).toEqual(['5 a', '6 b', '7 c']);
    expect(asked).toEqual([
      ['Bearer old', undefined],
      ['Bearer old', '5'],
      ['Bearer old', '5'],
      ['Bearer new', '5'],
      ['Bearer new', '6'],
    ]);
  });
});
