import React from 'react';
import type { DeletionPlan } from '../../deletion/deletion-plan.ts';
import { say } from '../base/say.ts';

type Going = DeletionPlan['goes'][number];
type Keeping = DeletionPlan['keeps'][number];

/** What goes with the records: how many of each kind, and the first ones by name. */
export function GoingList({ goes }: { goes: Going[] }) {
  return (
    <ul className="dr-related">
      {goes.map((going) => (
        <li key={going.kind}>
          {goingWords(going)}
          <Names names={going.names} count={going.count} />
        </li>
      ))}
    </ul>
  );
}

/** What stays, and why. */
export function KeepingList({ keeps, isNamed }: { keeps: Keeping[]; isNamed: boolean }) {
  const shown = keeps.slice(0, mostKept);
  return (
    <ul className="dr-related">
      {shown.map((keeping) => (
        <li key={keeping.id}>
          {isNamed
            ? say('{{name}}: {{problem}}', { name: keeping.title, problem: reasonWords(keeping) })
            : reasonWords(keeping)}
          <Names names={keeping.names} count={keeping.count} />
        </li>
      ))}
      {keeps.length > shown.length ? <More count={keeps.length - shown.length} /> : null}
    </ul>
  );
}

const mostKept = 20;

function Names({ names, count }: { names: string[]; count: number }) {
  if (names.length === 0) return null;
  return (
    <ul className="dr-related-names">
      {names.map((name, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same name, and the list does not change
        <li key={`${index} ${name}`}>{name}</li>
      ))}
      {count > names.length ? <More count={count - names.length} /> : null}
    </ul>
  );
}

function More({ count }: { count: number }) {
  return <li>{say.count(count, { one: 'and {{count}} more', other: 'and {{count}} more' })}</li>;
}

function goingWords({ kind, count }: Going): string {
  switch (kind) {
    case 'images':
      return say.count(count, {
        one: '{{count}} image, with its original and thumbnails',
        other: '{{count}} images, with their originals and thumbnails',
      });
    case 'thumbnails':
      return say.count(count, { one: '{{count}} thumbnail', other: '{{count}} thumbnails' });
    case 'links':
      return say.count(count, { one: '{{count}} expiring link', other: '{{count}} expiring links' });
    case 'memberships':
      return say.count(count, {
        one: '{{count}} membership (the group stays)',
        other: '{{count}} memberships (the groups stay)',
      });
    case 'members':
      return say.count(count, {
        one: '{{count}} membership (the user stays)',
        other: '{{count}} memberships (the users stay)',
      });
    case 'logins':
      return say.count(count, { one: '{{count}} session in the panel', other: '{{count}} sessions in the panel' });
  }
}

function reasonWords({ reason, count }: Keeping): string {
  switch (reason) {
    case 'own':
      return say('This is your own account. Ask another administrator.');
    case 'superuser':
      return say('Only a superuser may delete a superuser.');
    case 'rights':
      return say('This account has permissions that you do not have. Ask a superuser.');
    case 'default':
      return say('New users get this tier. Make another tier the default first.');
    case 'inUse':
      return say.count(count, { one: '{{count}} user has this tier', other: '{{count}} users have this tier' });
  }
}
