import { Node, type Project } from 'ts-morph';
import type { Shape } from '../../src/stripe/schema.ts';
import { shapeOf } from './shapes.ts';

/** Every snapshot event the SDK declares, with the objects its `data.object` may be. */
export function readEventSubjects(project: Project, resources: string): Record<string, string[]> {
  const file = project.getSourceFileOrThrow(`${resources}/Events.d.ts`);
  const subjects: Record<string, string[]> = {};
  for (const declaration of file.getInterfaces()) {
    const type = declaration.getProperty('type')?.getTypeNode();
    if (!Node.isLiteralTypeNode(type) || !declaration.getName().endsWith('Event')) continue;
    const data = file.getModule(declaration.getName())?.getInterface('Data')?.getProperty('object')?.getTypeNode();
    subjects[type.getLiteral().getText().slice(1, -1)] = objectsIn(shapeOf(data));
  }
  return subjects;
}

function objectsIn(shape: Shape): string[] {
  if (shape.kind === 'ref') return shape.to;
  return shape.kind === 'union' ? shape.of.flatMap(objectsIn) : [];
}
