import { useLocation } from 'react-router-dom';

/** Given along with a link, so that the page it opens leads back to where it was opened. */
export interface BackTo {
  backTo: string;
}

/** Where this page was opened from, when that asked to come back. Only pages of the panel can have set it. */
export function useBackTo(): string | undefined {
  return (useLocation().state as Partial<BackTo> | null)?.backTo;
}

/** For a link that is to lead back to this page. */
export function useLeadBack(): BackTo {
  const { pathname, search } = useLocation();
  return { backTo: pathname + search };
}
