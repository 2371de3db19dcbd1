import { Node, type InterfaceDeclaration, type PropertySignature, type TypeNode } from 'ts-morph';
import type { Field, Shape } from '../../src/stripe/schema.ts';
import { objectName } from './declarations.ts';

const SCALARS: Record<string, Shape> = {
  StringKeyword: { kind: 'string' },
  BooleanKeyword: { kind: 'boolean' },
  NumberKeyword: { kind: 'integer' },
  AnyKeyword: { kind: 'unknown' },
  UnknownKeyword: { kind: 'unknown' },
};

type Part = Shape | 'null' | 'empty' | 'open';

/** Reads a type of the SDK's declarations into a shape. Interfaces that are Stripe objects stay references. */
export function shapeOf(node: TypeNode | undefined, stack: string[] = []): Field {
  if (!node) return { kind: 'unknown' };
  const parts = partsOf(node, stack);
  const field = unite(parts.filter((part) => typeof part !== 'string'));
  if (field.kind === 'enum' && parts.includes('open')) field.open = true;
  if (parts.includes('null')) field.nullable = true;
  if (parts.includes('empty')) field.emptyable = true;
  return field;
}

/** The fields of an interface, those it inherits first. */
export function fieldsOf(declaration: InterfaceDeclaration, stack: string[] = []): Record<string, Field> {
  const fields: Record<string, Field> = {};
  for (const base of declaration.getBaseDeclarations())
    if (Node.isInterfaceDeclaration(base)) Object.assign(fields, fieldsOf(base, stack));
  for (const property of declaration.getProperties())
    // `deleted?: void` only tells TypeScript apart an object and its stub; no such field is ever sent.
    if (property.getTypeNode()?.getKindName() !== 'VoidKeyword')
      fields[unquote(property.getName())] = fieldOf(property, stack);
  return fields;
}

function fieldOf(property: PropertySignature, stack: string[]): Field {
  const field = refineNumber(property, shapeOf(property.getTypeNode(), stack));
  if (property.hasQuestionToken()) field.optional = true;
  return field;
}

// The declarations say `number` for whole amounts, Unix seconds and percentages alike; their comments tell them apart.
function refineNumber(property: PropertySignature, field: Field): Field {
  if (field.kind !== 'integer') return field;
  const name = property.getName();
  const text = property
    .getJsDocs()
    .map((doc) => doc.getDescription())
    .join(' ');
  if (/epoch|\btimestamp\b|^\s*(?:the )?(?:time|date) (?:at|on) which\b|^\s*the date that\b/i.test(text))
    return { ...field, kind: 'timestamp' };
  if (
    /(_at|_end|_start|_date|_until|_time|due_by|redeem_by|_anchor|timestamp)$|^(created|start|end|expires.*)$/.test(
      name,
    )
  )
    return { ...field, kind: 'timestamp' };
  if (/percent|rate$|latitude|longitude|^score$|precision/.test(name)) return { ...field, kind: 'number' };
  return field;
}

function partsOf(node: TypeNode, stack: string[]): Part[] {
  if (Node.isUnionTypeNode(node)) return node.getTypeNodes().flatMap((part) => partsOf(part, stack));
  if (Node.isParenthesizedTypeNode(node)) return partsOf(node.getTypeNode(), stack);
  if (Node.isArrayTypeNode(node)) return [{ kind: 'array', of: shapeOf(node.getElementTypeNode(), stack) }];
  if (Node.isLiteralTypeNode(node)) return [literal(node.getLiteral())];
  if (Node.isTypeLiteral(node)) {
    const index = node.getIndexSignatures()[0];
    if (index) return [{ kind: 'map', of: shapeOf(index.getReturnTypeNode(), stack) }];
    const fields: Record<string, Field> = {};
    for (const property of node.getProperties()) fields[unquote(property.getName())] = fieldOf(property, stack);
    return [{ kind: 'object', fields }];
  }
  if (Node.isTypeReference(node)) return reference(node.getTypeName().getText(), node, stack);
  const scalar = SCALARS[node.getKindName()];
  return [scalar ? { ...scalar } : { kind: 'unknown' }];
}

function literal(node: Node): Part {
  if (Node.isNullLiteral(node)) return 'null';
  if (Node.isTrueLiteral(node)) return { kind: 'true' };
  if (Node.isFalseLiteral(node)) return { kind: 'false' };
  if (Node.isStringLiteral(node)) {
    const value = node.getLiteralValue();
    return value === '' ? 'empty' : { kind: 'enum', values: [value] };
  }
  return { kind: 'unknown' };
}

function reference(name: string, node: TypeNode, stack: string[]): Part[] {
  if (!Node.isTypeReference(node)) return [{ kind: 'unknown' }];
  const [argument] = node.getTypeArguments();
  switch (name) {
    case 'OtherString':
      return ['open'];
    case 'Decimal':
      return [{ kind: 'decimal' }];
    case 'Array':
      return [{ kind: 'array', of: shapeOf(argument, stack) }];
    case 'Emptyable':
      return [...partsOf(argument!, stack), 'empty'];
    case 'ApiList':
    case 'ApiListPromise':
      return [{ kind: 'list', of: shapeOf(argument, stack) }];
    case 'ApiSearchResult':
    case 'ApiSearchResultPromise':
      return [{ kind: 'search', of: shapeOf(argument, stack) }];
    case 'Promise':
    case 'Response':
      return partsOf(argument!, stack);
  }
  const symbol = node.getTypeName().getSymbol();
  // A name may be a type and a namespace at once; the type is what is meant.
  const declaration = (symbol?.getAliasedSymbol() ?? symbol)
    ?.getDeclarations()
    .find((each) => Node.isTypeAliasDeclaration(each) || Node.isInterfaceDeclaration(each));
  if (Node.isTypeAliasDeclaration(declaration)) return partsOf(declaration.getTypeNodeOrThrow(), stack);
  if (!Node.isInterfaceDeclaration(declaration)) return [{ kind: 'unknown' }];
  const object = objectName(declaration);
  if (object) return [{ kind: 'ref', to: [object] }];
  const index = declaration.getIndexSignatures()[0];
  if (index) return [{ kind: 'map', of: shapeOf(index.getReturnTypeNode(), stack) }];
  const key = `${declaration.getSourceFile().getBaseName()}#${declaration.getName()}#${declaration.getPos()}`;
  if (stack.includes(key)) return [{ kind: 'unknown' }];
  return [{ kind: 'object', fields: fieldsOf(declaration, [...stack, key]) }];
}

/** Folds the members of a union: literals become one enum, references one reference, `string | Object` an id. */
function unite(shapes: Shape[]): Field {
  const values = shapes.flatMap((shape) => (shape.kind === 'enum' ? shape.values : []));
  const refs = [...new Set(shapes.flatMap((shape) => (shape.kind === 'ref' ? shape.to : [])))];
  const rest = shapes.filter((shape) => shape.kind !== 'enum' && shape.kind !== 'ref');
  const members: Shape[] = [...rest];
  if (values.length) members.push({ kind: 'enum', values });
  if (refs.length) {
    const string = members.findIndex((shape) => shape.kind === 'string');
    if (string >= 0) members.splice(string, 1, { kind: 'id', to: refs });
    else members.push({ kind: 'ref', to: refs });
  }
  if (members.some((shape) => shape.kind === 'true') && members.some((shape) => shape.kind === 'false'))
    return { kind: 'boolean' };
  if (members.length === 1) return { ...members[0]! };
  return members.length ? { kind: 'union', of: members } : { kind: 'string' };
}

const unquote = (name: string) => name.replace(/^['"]|['"]$/g, '');
