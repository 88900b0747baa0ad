import { type ActionProps, type BasePropertyJSON, type RecordJSON, useNotice, useTranslation } from 'adminjs';
import React, { type ComponentType, type FormEvent, useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { useBackTo } from '../base/back-to.ts';
import { type Answer, callAction, noAnswer } from '../base/call-action.ts';
import { limitsOf, useNewLimits } from '../base/limits.ts';
import { inPanel } from '../base/panel-path.ts';
import { said, say } from '../base/say.ts';
import { Field } from '../inputs/field.tsx';
import { FixedField } from '../inputs/fixed-field.tsx';
import { giveToWaitingForm } from '../inputs/record-options.ts';
import { FormGroup } from './form-group.tsx';
import {
  changedValues,
  copiedValues,
  type FieldGroup,
  givenValues,
  initialValues,
  isWanted,
  propertiesOf,
  type Values,
} from './form-state.ts';
import { withProposals } from './proposals.ts';

type Then = 'leave' | 'continue' | 'another';

/** What "Save as new" hands over to the form for a new record. */
interface Copy {
  values: Values;
  of: string;
}

/**
 * The form of a record, for a new one and for an edit. An edit sends only what was changed, with the version that it was
 * made from; what the server refuses stands at its field, and nothing typed is lost. "Save as new" opens the form for a
 * new record with all of this one's values: it asks for what two records cannot share.
 */
export function RecordForm({ action, resource, record: opened }: ActionProps) {
  const isNew = action.name === 'new';
  const properties = propertiesOf(resource, action.name);
  const [record, setRecord] = useState<RecordJSON | undefined>(opened);
  const location = useLocation();
  const backTo = useBackTo();
  const copy = (location.state as { copy?: Copy } | null)?.copy;
  const given = isNew ? givenValues(properties, location.search) : {};
  const [values, setValues] = useState<Values>(() => ({
    ...(isNew && copy ? copiedValues(properties, copy.values) : initialValues(properties, opened)),
    ...given,
  }));
  const [problem, setProblem] = useState<Answer['problem']>();
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const then = useRef<Then>('leave');
  const navigate = useNavigate();
  const addNotice = useNotice();
  const { translateButton } = useTranslation();

  const change = (changed: Values) =>
    setValues((before) => (isNew ? withProposals(properties, before, changed) : { ...before, ...changed }));

  const newLimits = useNewLimits(resource.id);
  const fixed = (record ? limitsOf(record) : newLimits).fields ?? {};
  const isOffered = ({ propertyPath }: BasePropertyJSON) => record !== undefined || !(propertyPath in fixed);

  const groups = (action.custom.groups as FieldGroup[] | undefined) ?? [
    { title: '', fields: properties.map(({ propertyPath }) => propertyPath) },
  ];
  const errorOf = (name: string) =>
    problem?.errors.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message;

  const startAnew = (current: RecordJSON | undefined) => {
    setRecord(current);
    setValues({ ...initialValues(properties, current), ...given });
    setProblem(undefined);
  };

  const afterwards = (answer: Answer) => {
    const madeId = /\/records\/([^/]+)\//.exec(answer.redirectUrl ?? '')?.[1];
    const title = String(values[resource.titleProperty.propertyPath] ?? '');
    if (isNew && madeId && giveToWaitingForm({ id: madeId, title })) return;
    if (answer.notice) addNotice(answer.notice);
    const list = inPanel(`/resources/${resource.id}`);
    if (then.current === 'another') {
      if (isNew) startAnew(undefined);
      else navigate(`${list}/actions/new`);
    } else if (then.current === 'continue') {
      const next = answer.redirectUrl ?? list;
      // Without an id it leads to where a person goes who may add records and not see them.
      if (isNew) navigate(madeId ? next.replace(/\/\w+$/, '/edit') : next);
      else startAnew(answer.record);
    } else {
      navigate(backTo ?? answer.redirectUrl ?? list);
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
      if (then.current === 'leave') navigate(backTo ?? inPanel(`/resources/${resource.id}/records/${record?.id}/show`));
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

  const saveAsNew = () => {
    const state = { copy: { values, of: record?.title ?? '' } satisfies Copy };
    navigate(inPanel(`/resources/${resource.id}/actions/new`), { state });
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
      {isNew && copy ? (
        <p className="dr-lead">
          {say('A copy of {{name}}: give it what is its own, then save it.', { name: copy.of })}
        </p>
      ) : null}
      {groups.map(({ title, fields }, index) => {
        const shown = properties.filter(
          (property) => fields.includes(property.propertyPath) && isWanted(property, values) && isOffered(property),
        );
        if (shown.length === 0) return null;
        return (
          <FormGroup
            key={title}
            memory={index === 0 ? undefined : `${resource.id}-${index}`}
            title={said(title) ?? title}
            hasFault={shown.some(({ propertyPath }) => errorOf(propertyPath) !== undefined)}
          >
            {shown.map((property) => {
              const name = property.propertyPath;
              const reason = fixed[name];
              return record && reason !== undefined ? (
                <FixedField key={name} property={property} resource={resource} record={record} reason={reason} />
              ) : (
                <Field
                  key={name}
                  property={property}
                  record={record}
                  value={values[name]}
                  error={errorOf(name)}
                  onChange={(value) => change({ [name]: value })}
                />
              );
            })}
          </FormGroup>
        );
      })}
      {Preview && record ? <Preview resource={resource} record={record} values={values} /> : null}
      <div className="dr-buttons dr-form-bar">
        {button('leave', 'dr-primary', translateButton('save', resource.id))}
        {button('continue', '', say('Save and go on editing'))}
        {canAddAnother ? button('another', '', say('Save and add another')) : null}
        {canAddAnother && !isNew ? (
          <button type="button" className="dr-button" disabled={isBusy} onClick={saveAsNew}>
            {say('Save as new…')}
          </button>
        ) : null}
      </div>
    </form>
  );
}

const unreachable = {
  ...noAnswer.problem,
  detail: say('The server did not answer. Nothing is lost: try again in a moment.'),
};

function focusFault(form: HTMLFormElement | null): void {
  const field = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  const target = field ?? form?.querySelector<HTMLElement>('.dr-banner');
  target?.focus();
  target?.scrollIntoView({ block: 'center' });
}
