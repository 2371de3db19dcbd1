import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

/** A list is counted again this often at most, in milliseconds, and takes no more than a small part of the time. */
const APART = 1_000;
const SHARE = 10;

/** Counts a list again for as long as the count is `wrong`, each time only when the one before has come to its end. */
export function useRecount({ refetch, dataUpdatedAt, isFetching }: UseQueryResult, wrong: boolean): void {
  const last = useRef({ ended: -Infinity, took: 0 });
  useEffect(() => {
    if (!wrong || isFetching) return undefined;
    const { ended, took } = last.current;
    const wait = Math.max(0, ended + Math.max(APART, SHARE * took) - performance.now());
    const timer = setTimeout(() => {
      const began = performance.now();
      void refetch({ cancelRefetch: false }).then(() => {
        const now = performance.now();
        last.current = { ended: now, took: now - began };
      });
    }, wait);
    return () => clearTimeout(timer);
  }, [wrong, isFetching, dataUpdatedAt, refetch]);
}
