import { describe, expect, it } from '@jest/globals';
import { createKeptAnswers } from '../../../../server/http/kept-answers.ts';

const answer = (bytes: number) => ({ body: Buffer.alloc(bytes), headers: {} });

describe('kept answers', () => {
  it('are given back by their tag', () => {
    const kept = createKeptAnswers();
    const given = { body: Buffer.from('[]'), headers: { ETag: 'W/"1"' } };
    kept.put('W/"1"', given);
    expect(kept.get('W/"1"')).toBe(given);
    expect(kept.get('W/"2"')).toBeUndefined();
  });

  it('take no more memory than allowed: the one that nobody asked for longest goes first', () => {
    const kept = createKeptAnswers({ maxBytes: 100, maxAnswerBytes: 50 });
    kept.put('a', answer(40));
    kept.put('b', answer(40));
    kept.get('a');
    kept.put('c', answer(40));
    expect(['a', 'b', 'c'].filter((tag) => kept.get(tag))).toEqual(['a', 'c']);
  });

  it('count an answer once that is put again', () => {
    const kept = createKeptAnswers({ maxBytes: 100, maxAnswerBytes: 50 });
    for (let i = 0; i < 10; i++) kept.put('a', answer(40));
    kept.put('b', answer(40));
    expect(['a', 'b'].filter((tag) => kept.get(tag))).toEqual(['a', 'b']);
  });

  it('leave out what is too large', () => {
    const kept = createKeptAnswers({ maxBytes: 100, maxAnswerBytes: 50 });
    kept.put('a', answer(51));
    expect(kept.get('a')).toBeUndefined();
  });
});
