import { readFileSync } from 'node:fs';
import {
  Node,
  SyntaxKind,
  type ClassDeclaration,
  type MethodDeclaration,
  type Project,
  type SourceFile,
} from 'ts-morph';
import type { Field, Operation } from '../../src/stripe/schema.ts';
import { resourceName } from './declarations.ts';
import { shapeOf } from './shapes.ts';

type Route = { method: Operation['method']; path: string };

/** Every v1 call the SDK can make: its route from the JavaScript, its parameters and answer from the declarations. */
export function readOperations(project: Project, resources: string): Operation[] {
  const scratch = project.createSourceFile('/scratch.js', '', { overwrite: true });
  const operations: Operation[] = [];
  for (const file of project.getSourceFiles(`${resources}/**/*.d.ts`)) {
    const routes = readRoutes(scratch, file.getFilePath().replace(/\.d\.ts$/, '.js'));
    for (const declaration of file.getClasses())
      for (const method of declaration.getMethods()) {
        const route = routes.get(`${declaration.getName()}.${method.getName()}`);
        if (route) operations.push(operation(resourceName(resources, file), method, route));
      }
  }
  project.removeSourceFile(scratch);
  return operations.toSorted((a, b) => (a.path + a.method < b.path + b.method ? -1 : 1));
}

function operation(resource: string, method: MethodDeclaration, { method: verb, path }: Route): Operation {
  const parameter = method.getParameter('params');
  const shape: Field = parameter ? shapeOf(parameter.getTypeNode()) : { kind: 'object', fields: {} };
  return {
    name: `${resource}.${method.getName()}`,
    method: verb,
    path,
    params: shape.kind === 'object' ? shape.fields : {},
    returns: shapeOf(method.getReturnTypeNode()),
  };
}

function readRoutes(scratch: SourceFile, path: string): Map<string, Route> {
  const routes = new Map<string, Route>();
  scratch.replaceWithText(readFileSync(path, 'utf8'));
  for (const declaration of scratch.getClasses())
    for (const method of declaration.getMethods()) {
      const route = routeOf(declaration, method);
      if (route) routes.set(`${declaration.getName()}.${method.getName()}`, route);
    }
  return routes;
}

function routeOf(_: ClassDeclaration, method: MethodDeclaration): Route | undefined {
  const call = method
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .find((node) => node.getExpression().getText() === 'this._makeRequest');
  const [verb, path] = call?.getArguments() ?? [];
  if (!verb || !path || !Node.isStringLiteral(verb)) return undefined;
  const text = path
    .getText()
    .slice(1, -1)
    .replace(/\$\{(?:encodeURIComponent\()?(\w+)\)?\}/g, '{$1}');
  return text.startsWith('/v1/') ? { method: verb.getLiteralValue() as Route['method'], path: text } : undefined;
}
