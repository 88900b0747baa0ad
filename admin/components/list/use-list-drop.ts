import type { ResourceJSON } from 'adminjs';
import type { DragEvent } from 'react';
import { useNavigate } from 'react-router-dom';
import { inPanel } from '../base/panel-path.ts';
import { keepWaiting } from '../images/waiting-files.ts';

/** Files that are dropped on a list of what can be uploaded lead to the page that uploads them. */
export function useListDrop({ id, resourceActions }: ResourceJSON) {
  const navigate = useNavigate();
  if (!resourceActions.some(({ name }) => name === 'upload')) return {};
  return {
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      if (event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      keepWaiting(event.dataTransfer.files);
      navigate(inPanel(`/resources/${id}/actions/upload`));
    },
  };
}
