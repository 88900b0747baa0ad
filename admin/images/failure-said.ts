import type { Action, RecordActionResponse } from 'adminjs';
import { userOf } from '../actions/panel-action.ts';
import { sayProblem } from '../locale/say-problem.ts';

/** After an image's record is read: why it failed, in the person's language. */
export const failureSaid: Action<RecordActionResponse>['after'] = (answer, _request, context) => {
  const { record } = answer;
  const why: unknown = record?.params.failureMessage;
  if (typeof why !== 'string') return answer;
  const params = { ...record.params, failureMessage: sayProblem(userOf(context).language, why) };
  return { ...answer, record: { ...record, params } };
};
