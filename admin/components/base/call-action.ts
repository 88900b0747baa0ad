import { ApiClient, type NoticeMessage, type RecordJSON } from 'adminjs';
import { listAddress } from './list-address.ts';
import { inPanel } from './panel-path.ts';
import { say } from './say.ts';

/** What an action of the panel answers, done or refused. */
export interface Answer {
  record?: RecordJSON;
  notice?: NoticeMessage;
  redirectUrl?: string;
  problem?: { code: string; status: number; detail: string; errors: { path: string; message: string }[] };
}

const silence = say('The server did not answer. Try again in a moment.');

/** What a page says where `callAction` rejects. */
export const noAnswer = {
  notice: { type: 'error', message: silence },
  problem: { code: 'unavailable', status: 0, detail: silence, errors: [] },
} satisfies Answer;

interface Target {
  resourceId: string;
  actionName: string;
  recordId?: string;
  recordIds?: string[];
}

/** Calls an action by POST with JSON. Rejects only when there was no answer that says anything. */
export async function callAction({ recordId, recordIds, ...target }: Target, data: object = {}): Promise<Answer> {
  const api = new ApiClient();
  const options = { ...target, data, method: 'POST' as const };
  if (recordIds) return answerOf(await api.bulkAction({ ...options, recordIds }));
  if (recordId) return answerOf(await api.recordAction({ ...options, recordId }));
  return answerOf(await api.resourceAction(options));
}

/** Back to a list is back to where one was in it. */
function answerOf(response: { data: unknown }): Answer {
  const answer = response.data as Answer;
  const list = inPanel('/resources/');
  const url = answer.redirectUrl ?? '';
  const resourceId = url.startsWith(list) ? /^\w+$/.exec(url.slice(list.length))?.[0] : undefined;
  return resourceId ? { ...answer, redirectUrl: listAddress(resourceId) } : answer;
}
