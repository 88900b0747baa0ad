import React, { useState } from 'react';
import { useHeldPermissions } from '../base/limits.ts';
import { say } from '../base/say.ts';
import { FilterField, hasWords } from './filter-field.tsx';
import type { InputProps } from './input-props.ts';

interface PermissionInWords {
  permission: string;
  resource: string;
}

const headings: Record<string, string> = {
  users: say('Users'),
  tiers: say('Tiers'),
  images: say('Images'),
  links: say('Expiring links'),
  groups: say('Groups'),
  log: say('Log'),
};

const rights: Record<string, string> = {
  view: say('view'),
  add: say('add'),
  change: say('change'),
  delete: say('delete'),
  reprocess: say('reprocess'),
  export: say('export'),
};

/**
 * The closed list of permissions, one row for each resource; rows and boxes can be narrowed by typing. Nobody gives, or
 * takes away, what they do not have themselves; out of a form for a new record it can be taken.
 */
export function PermissionBoxes({ id, property, record, value, onChange, describedBy }: InputProps) {
  const [typed, setTyped] = useState('');
  const known = (property.custom.permissions ?? []) as PermissionInWords[];
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const held = useHeldPermissions();
  const isFixed = (permission: string) =>
    !held.includes(permission) && (record !== undefined || !chosen.includes(permission));
  const shown = known
    .map((one) => ({
      ...one,
      heading: headings[one.resource] ?? one.resource,
      right: rights[one.permission.split('.')[1] ?? ''] ?? one.permission,
    }))
    .filter(({ permission, heading, right }) => hasWords(`${permission} ${heading} ${right}`, typed));
  const resources = [...new Set(shown.map(({ resource }) => resource))];
  return (
    // biome-ignore lint/a11y/useSemanticElements: the field around it has the label, which a legend would say twice
    <div className="dr-checklist" id={id} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      <FilterField label={say('Narrow the permissions')} value={typed} onChange={setTyped} />
      {known.some(({ permission }) => isFixed(permission)) ? (
        <p className="dr-help">{say('What you do not have yourself is greyed out: only a superuser may change it.')}</p>
      ) : null}
      {resources.length === 0 ? <p className="dr-help">{say('Nothing matches.')}</p> : null}
      <span className="dr-permissions">
        {resources.map((resource) => (
          <fieldset key={resource}>
            <legend>{headings[resource] ?? resource}</legend>
            {shown
              .filter((one) => one.resource === resource)
              .map(({ permission, right }) => (
                <label key={permission}>
                  <input
                    type="checkbox"
                    name={permission}
                    checked={chosen.includes(permission)}
                    disabled={isFixed(permission)}
                    onChange={(event) =>
                      onChange(
                        event.target.checked ? [...chosen, permission] : chosen.filter((other) => other !== permission),
                      )
                    }
                  />
                  {right}
                </label>
              ))}
          </fieldset>
        ))}
      </span>
    </div>
  );
}
