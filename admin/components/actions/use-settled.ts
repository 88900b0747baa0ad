import { ApiClient, type RecordJSON } from 'adminjs';
import { useEffect, useState } from 'react';
import { readList, readParam } from '../base/read-param.ts';

const roundMilliseconds = 3_000;
/** Afterwards it takes longer than anybody looks on. */
const mostRounds = 20;

/** An image as it becomes ready, while its page is open; any other record as it was given. */
export function useSettled(resourceId: string, given: RecordJSON | undefined): RecordJSON | undefined {
  const [fresh, setFresh] = useState<{ given: RecordJSON | undefined; record: RecordJSON }>();
  const [rounds, setRounds] = useState(0);
  const record = fresh && fresh.given === given ? fresh.record : given;
  const isWaiting =
    record !== undefined &&
    (readParam(record, 'status') === 'processing' || readList(record, 'pendingHeights').length > 0);

  useEffect(() => {
    if (!isWaiting || !given || rounds >= mostRounds) return;
    let isHere = true;
    const timer = setTimeout(() => {
      new ApiClient()
        .recordAction({ resourceId, recordId: given.id, actionName: 'show' })
        .then(({ data }) => isHere && data.record && setFresh({ given, record: data.record }))
        .catch(() => {})
        .finally(() => isHere && setRounds(rounds + 1));
    }, roundMilliseconds);
    return () => {
      isHere = false;
      clearTimeout(timer);
    };
  }, [resourceId, given, isWaiting, rounds]);
  return record;
}
