import { type ActionProps, type RecordJSON, useNotice, useTranslation } from 'adminjs';
import React, { type ComponentType, type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { type Answer, callAction } from '../base/call-action.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { Field } from '../inputs/field.tsx';
import { changedValues, type FieldGroup, initialValues, propertiesOf, type Values } from './form-state.ts';

type Then = 'leave' | 'continue' | 'another';

/**
 * The form of a record, for a new one and for an edit. An edit sends only what was changed, with the version that it was
 * made from; what the server refuses stands at its field, and nothing typed is lost.
 */
export function RecordForm({ action, resource, record: opened }: ActionProps) {
  const isNew = action.name === 'new';
  const properties = propertiesOf(resource, action.name);
  const [record, setRecord] = useState<RecordJSON | undefined>(opened);
  const [values, setValues] = useState<Values>(() => initialValues(properties, opened));
  const [problem, setProblem] = useState<Answer['problem']>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const then = useRef<Then>('leave');
  const navigate = useNavigate();
  const addNotice = useNotice();
  const { translateButton } = useTranslation();

  const groups = (action.custom.groups as FieldGroup[] | undefined) ?? [
    { title: '', fields: properties.map(({ propertyPath }) => propertyPath) },
  ];
  const errorOf = (name: string) =>
    problem?.errors.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message;

  const startAnew = (current: RecordJSON | undefined) => {
    setRecord(current);
    setValues(initialValues(properties, current));
    setProblem(undefined);
  };

  const afterwards = (answer: Answer) => {
    if (answer.notice) addNotice(answer.notice);
    const list = inPanel(`/resources/${resource.id}`);
    if (then.current === 'another') {
      if (isNew) startAnew(undefined);
      else navigate(`${list}/actions/new`);
    } else if (then.current === 'continue') {
      if (isNew) navigate((answer.redirectUrl ?? list).replace(/\/show$/, '/edit'));
      else startAnew(answer.record);
    } else {
      navigate(answer.redirectUrl ?? list);
    }
  };

  useEffect(() => {
    if (problem) focusFault(form.current);
  }, [problem]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const data = isNew ? values : changedValues(properties, values, record);
    if (!isNew && Object.keys(data).length === 0) {
      addNotice({ type: 'info', message: say('Nothing was changed.') });
      if (then.current === 'leave') navigate(inPanel(`/resources/${resource.id}/records/${record?.id}/show`));
      return;
    }
    setBusy(true);
    const target = { resourceId: resource.id, actionName: action.name, recordId: isNew ? undefined : record?.id };
    const version = isNew || record?.params.version === undefined ? {} : { version: record.params.version };
    const answer = await callAction(target, { ...data, ...version }).catch(() => undefined);
    setBusy(false);
    if (answer && !answer.problem) return afterwards(answer);
    setProblem(answer?.problem ?? unreachable);
  };

  // What saving would mean, for a form that has such a component.
  const Preview = window.AdminJS.UserComponents[String(action.custom.preview)] as unknown as
    | ComponentType<{ resource: typeof resource; record: RecordJSON; values: Values }>
    | undefined;
  const isConflict = problem?.code === 'conflict';
  const canAddAnother = resource.resourceActions.some(({ name }) => name === 'new');
  const button = (goOn: Then, className: string, text: string) => (
    <button
      type="submit"
      className={`dr-button ${className}`}
      disabled={isBusy}
      onClick={() => {
        then.current = goOn;
      }}
    >
      {text}
    </button>
  );

  return (
    <form className="dr-form" ref={form} onSubmit={submit} noValidate autoComplete="off">
      {problem ? (
        <div className="dr-banner" role="alert" tabIndex={-1}>
          <span>{problem.detail}</span>
          {isConflict ? (
            <button type="button" className="dr-button" onClick={() => window.location.reload()}>
              {say('Load it as it is now')}
            </button>
          ) : null}
        </div>
      ) : null}
      {groups.map(({ title, fields }) => {
        const shown = properties.filter(({ propertyPath }) => fields.includes(propertyPath));
        if (shown.length === 0) return null;
        return (
          <fieldset key={title} className="dr-group">
            {title ? <legend>{title}</legend> : null}
            {shown.map((property) => (
              <Field
                key={property.propertyPath}
                property={property}
                record={record}
                value={values[property.propertyPath]}
                error={errorOf(property.propertyPath)}
                onChange={(value) => setValues((before) => ({ ...before, [property.propertyPath]: value }))}
              />
            ))}
          </fieldset>
        );
      })}
      {Preview && record ? <Preview resource={resource} record={record} values={values} /> : null}
      <div className="dr-buttons">
        {button('leave', 'dr-primary', translateButton('save', resource.id))}
        {button('continue', '', say('Save and go on editing'))}
        {canAddAnother ? button('another', '', say('Save and add another')) : null}
      </div>
    </form>
  );
}

const unreachable = {
  code: 'unavailable',
  status: 0,
  detail: say('The server did not answer. Nothing is lost: try again in a moment.'),
  errors: [],
};

function focusFault(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const target = field ?? form?.querySelector<HTMLElement>('.dr-banner');
  target?.focus();
  target?.scrollIntoView({ block: 'center' });
}
