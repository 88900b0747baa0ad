import { type ActionProps, useNotice, useTranslation } from 'adminjs';
import React, { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { Field } from '../inputs/field.tsx';

const names = ['password', 'passwordAgain'];

export function SetPassword({ action, resource, record }: ActionProps) {
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [problem, setProblem] = useState<Answer['problem']>();
  const [isBusy, setBusy] = useState(false);
  const [isTaking, setTaking] = useState(false);
  const navigate = useNavigate();
  const addNotice = useNotice();
  const { translateAction } = useTranslation();
  const properties = resource.editProperties.filter(({ propertyPath }) => names.includes(propertyPath));

  const send = async (data: Record<string, unknown>) => {
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: record?.id };
    const answer = await callAction(target, data).catch(() => undefined);
    setBusy(false);
    setProblem(answer ? answer.problem : noAnswer.problem);
    if (answer?.notice && !answer.problem) {
      addNotice(answer.notice);
      navigate(answer.redirectUrl ?? inPanel(`/resources/${resource.id}`));
    }
  };

  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send(values);
  };

  const isAtAField = problem?.errors.some(({ path }) => names.includes(path));
  return (
    <form className="dr-form" onSubmit={submit} noValidate>
      <p className="dr-lead">
        {say(
          'All sessions and tokens of this user end at once. Tell them the new password yourself: it is not sent anywhere.',
        )}
      </p>
      {problem && !isAtAField ? (
        <div className="dr-banner" role="alert">
          {problem.detail}
        </div>
      ) : null}
      <fieldset className="dr-group">
        {properties.map((property) => (
          <Field
            key={property.propertyPath}
            property={property}
            record={undefined}
            value={values[property.propertyPath]}
            error={problem?.errors.find(({ path }) => path === property.propertyPath)?.message}
            onChange={(value) => setValues((before) => ({ ...before, [property.propertyPath]: value }))}
          />
        ))}
      </fieldset>
      <div className="dr-buttons">
        <button type="submit" className="dr-button dr-primary" disabled={isBusy}>
          {translateAction(action.label, resource.id)}
        </button>
        {record?.params.hasPassword === true ? (
          <button type="button" className="dr-button dr-danger-quiet" disabled={isBusy} onClick={() => setTaking(true)}>
            {say('Take the password away…')}
          </button>
        ) : null}
      </div>
      {isTaking ? (
        <div className="dr-banner" role="alert">
          <span>{say('Nobody can log in with a password then, until a new one is set here or by a link.')}</span>
          <span className="dr-buttons">
            <button
              type="button"
              className="dr-button dr-danger"
              disabled={isBusy}
              onClick={() => void send({ unusable: true })}
            >
              {say('Yes, take it away')}
            </button>
            <button type="button" className="dr-button" onClick={() => setTaking(false)}>
              {say('Back')}
            </button>
          </span>
        </div>
      ) : null}
    </form>
  );
}
