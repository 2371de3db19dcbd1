import { schema, type Operation } from '../../stripe/schema.ts';

type Node = { fixed: Map<string, Node>; any?: Node; operations: Map<string, Operation> };

/** Finds the operation of a request, and the ids in its path. */
export type Router = (method: string, path: string) => { operation: Operation; path: string[] } | undefined;

/** A tree of path segments: a lookup costs as many steps as the path has, however many operations there are. */
export function createRouter(operations: Operation[] = schema().operations): Router {
  const root: Node = { fixed: new Map(), operations: new Map() };
  for (const operation of operations) {
    let node = root;
    for (const segment of operation.path.split('/').slice(1)) {
      const next: Node = (segment.startsWith('{') ? node.any : node.fixed.get(segment)) ?? {
        fixed: new Map(),
        operations: new Map(),
      };
      if (segment.startsWith('{')) node.any = next;
      else node.fixed.set(segment, next);
      node = next;
    }
    node.operations.set(operation.method, operation);
  }

  return (method, path) => {
    const segments = path.replace(/\/$/, '').split('/').slice(1);
    const ids: string[] = [];
    // A fixed segment wins over an id (`/v1/customers/search`), unless the rest of the path does not fit it.
    const find = (node: Node, depth: number): Operation | undefined => {
      if (depth === segments.length) return node.operations.get(method);
      const segment = segments[depth]!;
      const fixed = node.fixed.get(segment);
      const found = fixed && find(fixed, depth + 1);
      if (found || !node.any || segment === '') return found;
      ids.push(segment);
      const other = find(node.any, depth + 1);
      if (!other) ids.pop();
      return other;
    };
    const operation = find(root, 0);
    if (!operation) return undefined;
    try {
      return { operation, path: ids.map((id) => decodeURIComponent(id)) };
    } catch {
      return undefined;
    }
  };
}
