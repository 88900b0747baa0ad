import React from 'react';
import { say } from '../base/say.ts';
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

/** The closed list of permissions, one row for each resource. */
export function PermissionBoxes({ id, property, value, onChange }: InputProps) {
  const known = (property.custom.permissions ?? []) as PermissionInWords[];
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const resources = [...new Set(known.map(({ resource }) => resource))];
  return (
    <span className="dr-permissions" id={id}>
      {resources.map((resource) => (
        <fieldset key={resource}>
          <legend>{headings[resource] ?? resource}</legend>
          {known
            .filter((one) => one.resource === resource)
            .map(({ permission }) => (
              <label key={permission}>
                <input
                  type="checkbox"
                  name={permission}
                  checked={chosen.includes(permission)}
                  onChange={(event) =>
                    onChange(
                      event.target.checked ? [...chosen, permission] : chosen.filter((other) => other !== permission),
                    )
                  }
                />
                {rights[permission.split('.')[1] ?? ''] ?? permission}
              </label>
            ))}
        </fieldset>
      ))}
    </span>
  );
}
