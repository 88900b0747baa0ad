export interface KeptAnswer {
  /** JSON. */
  body: Buffer;
  headers: Readonly<Record<string, string>>;
}

export interface KeptAnswers {
  get(tag: string): KeptAnswer | undefined;
  /** Keeps an answer that is not too large, and drops the ones that nobody asked for longest. */
  put(tag: string, answer: KeptAnswer): void;
  /** Bytes; a larger body is not kept. */
  readonly maxAnswerBytes: number;
}

/**
 * Answers by their ETag, in bounded memory: who asks again, without `If-None-Match` or from another device, gets the same
 * bytes without a row being read. A tag must cover everything that the answer depends on, whose it is included.
 */
export function createKeptAnswers({ maxBytes = 16 * 2 ** 20, maxAnswerBytes = 4 * 2 ** 20 } = {}): KeptAnswers {
  const answers = new Map<string, KeptAnswer>();
  let bytes = 0;

  function drop(tag: string): void {
    bytes -= answers.get(tag)?.body.length ?? 0;
    answers.delete(tag);
  }

  return {
    maxAnswerBytes,
    get(tag) {
      const answer = answers.get(tag);
      if (!answer) return undefined;
      answers.delete(tag);
      answers.set(tag, answer);
      return answer;
    },
    put(tag, answer) {
      if (answer.body.length > maxAnswerBytes) return;
      drop(tag);
      answers.set(tag, answer);
      bytes += answer.body.length;
      for (const oldest of answers.keys()) {
        if (bytes <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
