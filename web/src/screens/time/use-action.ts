import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from '../../api/client.ts';

type Action = { path: string; body?: unknown; method?: string };

/** Something done to the world; what the screen shows is asked again afterwards. */
export function useAction<Answer>() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body, method }: Action) => post<Answer>(path, body, method),
    onSettled: () => client.invalidateQueries({ queryKey: ['live'] }),
  });
}
