import type { BasePropertyJSON, RecordJSON, ResourceJSON } from 'adminjs';
import React, { type ComponentType } from 'react';
import { TextOrDash } from './plain-values.tsx';
import { ReferenceLink } from './reference-link.tsx';
import type { ValueProps } from './value-frame.tsx';

interface Props {
  property: BasePropertyJSON;
  record: RecordJSON;
  resource: ResourceJSON;
  where: 'list' | 'show';
}

/** A field's value by the field's own component, else as a link or as text. */
export function Value({ property, where, ...rest }: Props) {
  const name = property.components?.[where];
  const own = name ? (window.AdminJS.UserComponents[name] as unknown as ComponentType<ValueProps>) : undefined;
  const Component = own ?? (property.reference ? ReferenceLink : TextOrDash);
  return <Component {...rest} where={where} property={{ ...property, path: property.propertyPath }} />;
}
