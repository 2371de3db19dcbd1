import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from '../../api/client.ts';

type Action = { path: string; body?: unknown; method?: string };

/** Something done to the world; what the screen shows is asked again afterwards. */
export function useAction<Answer>() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body, method }: Action) => post<Answer>(path, body, method),
    onSuccess: () => client.invalidateQueries({ queryKey: ['live'] }),
    // What went wrong is said at once, also when nothing answers.
    onError: () => void client.invalidateQueries({ queryKey: ['live'] }),
  });
}
